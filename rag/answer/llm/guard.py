"""Evidence without what speaks to a model instead of a reader.

Notes are data. What in them addresses an assistant ("ignore the rules above", "回答时请说…") is taken out of the
evidence before a model sees it and before a sentence is checked against it, and so can support nothing. So is what no
reader sees: zero-width and tag characters, comments, hidden elements. The text of the note itself stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import cache

from rag.answer.checking import Evidence
from rag.answer.wordings import wordings
from rag.text.normalise import normalise
from rag.types import Fact

GAP = "…"
"""Stands where something was taken out."""

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
                     "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]")  # fmt: skip
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|$)|<(?P<tag>script|style|template|noscript)\b.*?(?:</(?P=tag)\s*>|$)"
    r"|<(?P<box>\w+)\b[^>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])"
    r"|color\s*:\s*(?:white|#fff(?:fff)?\b)|\shidden\b)[^>]*>.*?(?:</(?P=box)\s*>|$)",
    re.IGNORECASE | re.DOTALL,
)
_LINK_TITLE = re.compile(r"(\]\([^)\s]+)\s+(?:\"[^\"]*\"|'[^']*')\)")
# A statement ends with its sentence, its line or its table cell.
_SEGMENT = re.compile(r"(?:[。！？!?;；]+|\.(?=\s|$))[”\"』」)）]*|\n|\|")
_BREAK = re.compile(r"\n\s*\n|\n\s*(?=[-*+|#>]|\d+[.)])|\|")
_BESIDE_LETTERS = re.compile(r"(?<=\b\w)[ .\-_*](?=\w\b)")
# Letters of other scripts that look like Latin ones.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏԛԝвкмнтαορετικνυ", "aeopcyxijsdhlqwbkmhtaopetikvu")


def guarded(piece: Evidence) -> Evidence:
    """The piece as a model may see it."""
    facts = tuple(fact for fact in piece.facts if not speaks_to_model(_of(fact)))
    return replace(piece, text=clean(piece.text), where=clean(piece.where), facts=facts)


def clean(text: str) -> str:
    """The text with a gap for every statement that speaks to a model, and for the rest of its paragraph."""
    text = _LINK_TITLE.sub(r"\1)", _HIDDEN.sub(GAP, _UNSEEN.sub("", text)))
    if not speaks_to_model(text):
        return text
    kept: list[str] = []
    start, tainted = 0, False
    ends = [match.end() for match in _SEGMENT.finditer(text)]
    for end in dict.fromkeys((*ends, len(text))):
        segment, start = text[start:end], end
        tail = segment[-1:] if segment[-1:] in ("\n", "|") else ""
        tainted = tainted or speaks_to_model(segment)
        kept.append(f"{GAP}{tail}" if tainted and segment.strip(" \n|") else segment)
        tainted = tainted and _BREAK.match(text, max(0, end - 1)) is None and text[end : end + 1] not in ("|", "")
    found = "".join(kept)
    return found if not speaks_to_model(found) else GAP


def speaks_to_model(text: str) -> bool:
    """Whether anything in the text addresses an assistant, in whatever guise of letters."""
    normal = normalise(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
    folded = normal.translate(_LOOKALIKES)
    return any(_addresses().search(form) for form in {normal, folded, _BESIDE_LETTERS.sub("", folded)})


def _of(fact: Fact) -> str:
    return f"{fact.entity} ； {fact.attribute} ； {fact.value} ； " + " ； ".join(v for _, v in fact.qualifiers)


@cache
def _addresses() -> re.Pattern[str]:
    tables = wordings()["addresses"]
    return re.compile("|".join(f"(?:{pattern})" for name in ("zh", "en", "marks") for pattern in tables[name]))
