"""Countries and regions by all their names: what a question calls Italian, a note files under "Italy" or "意大利"."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from rag.text.names import name_key
from rag.text.synonyms import synonyms

TABLE = "countries.toml"
LEAST_LEFT = 4
"""Characters that tell a name apart without its country."""
_AMERICA = re.compile(
    r"(?<![\w.$])(?:(?i:u\.s\.(?:a\.?)?)|US(?!\s?\$)|(?i:(?<=the )us|us(?=[ -](?:based|made|built|compan|firm))))"
    r"(?![\w$])"
)
""""US" in capitals; in small letters only where no pronoun can stand."""
_BRITAIN = re.compile(r"(?<![\w.])(?i:u\.k\.?)(?!\w)")


def countries(normal: str) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    """For every country that a normalised text names: the tokens of the name, and those of its other names."""
    found = []
    for own, others, _ in synonyms(normal, TABLE):
        written = (form for name, forms in _written().items() if name in own or name in others for form in forms)
        found.append((own, (*others, *written)))
    return tuple(found)


def unabbreviated(text: str) -> str:
    """`text` as a person wrote it, with "US" and "U.K." as words that mean nothing else in small letters."""
    if not text.isupper():
        text = _AMERICA.sub("USA", text)
    return _BRITAIN.sub("UK", text)


def without_country(key: str) -> str:
    """A name key without the country before it, which others leave out; as it is where little would remain."""
    country = next((name for name in _names() if key.startswith(name)), "")
    return key[len(country) :] if len(key) - len(country) >= LEAST_LEFT else key


@cache
def _names() -> tuple[str, ...]:
    """The name keys of all countries, the longest first."""
    read: dict[str, list[list[str]]] = tomllib.loads(files(__package__).joinpath("data", TABLE).read_text("utf-8"))
    return tuple(sorted({name_key(name) for group in read["groups"] for name in group}, key=lambda n: (-len(n), n)))


@cache
def _written() -> dict[str, list[str]]:
    """Tokens of notes by the name of the country that they mean there."""
    read: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("data", TABLE).read_text("utf-8"))["written"]
    return read
