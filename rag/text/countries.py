"""Countries and regions by all their names: what a question calls Italian, a note files under "Italy" or "意大利"."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from rag.text.synonyms import synonyms

TABLE = "countries.toml"
_AMERICA = re.compile(
    r"(?<![\w.$])(?:(?i:u\.s\.(?:a\.?)?)|US(?!\s?\$)|(?i:(?<=the )us|us(?=[ -](?:based|made|built|compan|firm))))"
    r"(?![\w$])"
)
""""US" in capitals; in small letters only where no pronoun can stand."""
_BRITAIN = re.compile(r"(?<![\w.])(?i:u\.k\.?)(?!\w)")


def countries(normal: str) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    """For every country that a normalised text names: the tokens of the name, and those of its other names."""
    found = []
    for own, others in synonyms(normal, TABLE):
        written = (form for name, forms in _written().items() if name in own or name in others for form in forms)
        found.append((own, (*others, *written)))
    return tuple(found)


def unabbreviated(text: str) -> str:
    """`text` as a person wrote it, with "US" and "U.K." as words that mean nothing else in small letters."""
    if not text.isupper():
        text = _AMERICA.sub("USA", text)
    return _BRITAIN.sub("UK", text)


@cache
def _written() -> dict[str, list[str]]:
    """Tokens of notes by the name of the country that they mean there."""
    read: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("data", TABLE).read_text("utf-8"))["written"]
    return read
