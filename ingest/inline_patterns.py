"""The patterns of inline markup. Each is bounded or deterministic, so none costs more than linear time."""

from __future__ import annotations

import re

from markdown_it.common.html_blocks import block_names

_URL_CHARACTER = r"[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\\]"
# A second scheme right behind a letter or digit begins another URL (`…/ahttps://…`); behind `/`, `=` or `:`
# it belongs to the first (a redirect, an archive).
_URL = rf"(?:https?|ftp)://(?:(?!(?<=[A-Za-z0-9])https?://){_URL_CHARACTER})+"
_SITE = (
    r"(?<![A-Za-z0-9_@/.:\-])(?:[A-Za-z0-9\-]+\.)+(?:com|org|net|edu|gov|info|io|ai|dev|app|co|me|cn|tw|hk|jp|kr|uk|de"
    rf"|fr|eu|ru|us|in|ly|gl|be|tv|cc|xyz|top|site|tech|cloud|wiki)/(?:(?!(?<=[A-Za-z0-9])https?://){_URL_CHARACTER})+"
)
TOKEN = re.compile(
    rf"""(?P<escape>\\[!-/:-@\[-`{{-~])
    |(?P<hardbreak>\\(?=\n))
    |(?P<code>`+)
    |(?P<mark>\*+|_+|~~+)
    |(?P<image>!\[)
    |(?P<open>\[)
    |(?P<close>\])
    |(?P<comment><!--)
    |(?P<autolink><(?:https?|ftp|mailto):[^\s<>]*>)
    |(?P<tag></?[A-Za-z][A-Za-z0-9\-]*(?:\s[^<>]*)?/?>)
    |(?P<entity>&(?:\#[0-9]{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});)
    |(?P<url>{_URL})
    |(?P<site>{_SITE})""",
    re.VERBOSE,
)
MARK = re.compile(r"[\\`*_~\[\]<&/]")
"""A character that every match of TOKEN holds: looking for it takes a fraction of the time."""
DESTINATION = re.compile(
    r"\(\s{0,9}(?:<([^<>\n]*)>|((?:https?|ftp)://[^()\n\"]*|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*))"
    r"(?:\s{1,9}(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?\s{0,9}\)"
    # Chinese input methods leave full-width brackets behind.
    r"|（\s{0,9}((?:https?|ftp)://[^\s（）]+)\s{0,9}）"
)
PLAIN_DESTINATION = re.compile(
    r"\(\s{0,9}([^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s{1,9}(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?\s{0,9}\)"
)
LABEL = re.compile(r"\[([^\[\]\n]{0,999})\]")
ATTRIBUTE = re.compile(r"""([A-Za-z]+)\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
INLINE_TAGS = re.compile(
    "a|abbr|audio|b|bdi|bdo|big|br|button|canvas|cite|code|data|del|dfn|em|font|i|img|input|ins|kbd|label|mark"
    "|meter|object|picture|pre|progress|q|rp|rt|ruby|s|samp|script|select|small|span|strike|strong|style|sub"
    "|sup|svg|template|textarea|time|tt|u|var|video|wbr"
)
BLOCK_TAGS = frozenset(block_names)
