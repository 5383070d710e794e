"""The words under which the names of a thing are looked up, made from its names alone.

An index keeps them beside each thing (`rag.index.name_table`), so that a question reads the few things that its words
can mean and not all names of the corpus. A word's first letter says what it is:

    k  key                            f  key without a trailing size or version
    l  length and digits of a key     n  piece of a Chinese key, to find it misspelt
    w  word of a name                 a  Chinese first word of a name
    p  part of a name beside these    z  all Chinese characters of a name
    h  first word and its other form  e  what it is an edition of
    r  how Chinese characters read    s  how a Latin word sounds
    i  first letters of its words
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from rag.text import sounds
from rag.text.names import edition_of, has_cjk, name_key
from rag.text.normalise import normalise
from rag.types import Entity

KEY, FAMILY, LONG, NEAR, WORD, HEAD, PART, CHINESE, OTHER_HEAD, EDITION, READ, SPELT, INITIALS = "kflnwapzhersi"
PARTED = "\x1f"
"""Between the parts of a word, which none of them holds."""
LONGEST = 200
"""Characters that are kept of a word: who looks it up compares the thing's names."""
NAMED = 2
"""Strength of a thing that is named as such: only such things are meant by a part of their name."""
FEWEST_CONSONANTS = 3
"""Consonants that two names must share to be one by their sound."""
SHORTEST_SPELT = 4
"""Letters of a Latin word that Chinese characters may spell."""
SHORTEST_READ = 2
"""Characters of a Chinese name whose reading is looked up."""
LONGEST_BEGINNING = 7
WHOLE = 8
"""Characters of a Chinese key up to which it is found misspelt by all but one of its characters, else by thirds."""
THIRDS = 3
_ATOM = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[一-鿿]+")
_LATIN = re.compile("[a-z]+")
_HAN = re.compile("[一-鿿]+")
_PIECE = re.compile("[A-Z][a-z]+")
_PIECED = re.compile(r"([A-Z][a-z]+(?:[ -]?[A-Z][a-z]+){1,3})(?:[ -]?([A-Za-z]?\d+(?:\.\d+)*))?")
"""A name of several capitalised words, with or without spaces between them, and the number of a version."""
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
VERSION_WORDS = frozenset(("mark", "mk", "ver", "version"))
"""Words before the number of a version, which people leave out."""
_CODE = re.compile(r"(?=[a-z.\-]*\d)(?=[\d.\-]*[a-z])[a-z0-9]+(?:[-.][a-z0-9]+)*")
_COUNTED = re.compile(r"v?\d+(?:\.\d+)?[a-z]{0,3}")
"""A version, or a number with its unit, which many names bear."""
_FAMILY_TAIL = re.compile(r"(?<=[a-z一-鿿])v?\d+(?:\.\d+)?[bmk]?$")
_PLAIN_PART = re.compile("[a-z]{3,}")


def name_words(entity: Entity) -> frozenset[str]:
    """All words under which a thing is looked up."""
    words = {word for key in entity.keys for word in _of_key(key, named=entity.strength >= NAMED)}
    for alias in entity.aliases:
        words.update(_spelt(alias))
    if entity.strength >= NAMED:
        words.add(EDITION + name_key(edition_of(entity.name)))
        words.update(word for alias in entity.aliases for word in _of_alias(alias))
        words.update(OTHER_HEAD + one + PARTED + other for one, other in equal_heads(forms_of(entity.aliases)))
    return frozenset(word[:LONGEST] for word in words if len(word) > 1)


def _of_key(key: str, *, named: bool) -> Iterator[str]:
    yield KEY + key
    if (base := family(key)) != key:
        yield FAMILY + base
    if has_cjk(key):
        yield from (NEAR + piece for piece in slip_pieces(key))
        yield from (
            READ + read for run in _HAN.findall(key) if len(run) >= SHORTEST_READ for read in sounds.readings(run)
        )
    elif named:
        yield LONG + length_and_digits(len(key), key)


def _of_alias(alias: str) -> Iterator[str]:
    form = words_of(alias)
    yield from (WORD + word for word in form)
    if form and has_cjk(form[0]):
        yield HEAD + form[0]
    if first := initials(alias):
        yield INITIALS + first
    yield from (PART + word for word in part_words(alias) if not is_plain_part(word) or word not in form)
    if chinese := chinese_of(alias):
        yield CHINESE + chinese


def _spelt(alias: str) -> Iterator[str]:
    words = _LATIN.findall(normalise(alias))
    alone = str(int(len(words) == 1))
    for word in words:
        if len(word) >= SHORTEST_SPELT:
            for heard in {sounds.consonants(spelt) for spelt in sounds.spelt(word)}:
                if len(heard) >= FEWEST_CONSONANTS:
                    yield SPELT + word[0] + heard + PARTED + alone + word


def words_of(written: str) -> tuple[str, ...]:
    """The comparable words of a name: "Falke T4 Mark II" gives falke, t, 4, 2."""
    return tuple(canonical(atom) for atom in _ATOM.findall(normalise(written)) if atom not in VERSION_WORDS)


def canonical(atom: str) -> str:
    """A word or number of a name as it is compared: Roman numerals as digits, 2.0 as 2."""
    return _ROMAN.get(atom, atom.removesuffix(".0") if atom[0].isdigit() else atom)


def forms_of(aliases: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The distinct forms of a thing's name in comparable words."""
    return tuple(dict.fromkeys(form for form in map(words_of, aliases) if form))


def equal_heads(forms: Collection[tuple[str, ...]]) -> set[tuple[str, str]]:
    """First words of two forms of one name that differ in script while the second words, if any, are the same."""
    return {
        (form[0], other[0])
        for form in forms for other in forms
        if form[1:2] == other[1:2] and has_cjk(form[0]) != has_cjk(other[0]) and not form[0][0].isdigit()
        and not other[0][0].isdigit()
    }  # fmt: skip


def part_words(alias: str) -> tuple[str, ...]:
    """The words of a name that may stand for it: plain ones, model numbers, hyphenated ones written in one."""
    written = normalise(alias)
    return (*_PLAIN_PART.findall(written), *_codes(written), *_joined(written))


def initials(alias: str) -> str:
    """The first letters of a name of two to four capitalised words: "ft" of "FooTar" and "Foo Tar"; else "".

    With the number of a version behind them, if there is one: "ftv2" of "FooTar-V2".
    """
    words = _PIECED.fullmatch(alias)
    return "".join(piece[0] for piece in _PIECE.findall(words[1])).lower() + (words[2] or "").lower() if words else ""


def is_plain_part(word: str) -> bool:
    """Whether a part of a name is a plain Latin word."""
    return _PLAIN_PART.fullmatch(word) is not None


def _codes(normal: str) -> list[str]:
    """The words of a normalised name that mix letters and digits as model numbers do: "foo bar t6000" gives t6000."""
    if not any(map(str.isdigit, normal)):
        return []
    found = (match.group() for match in _CODE.finditer(normal))
    return [code for code in found if not _COUNTED.fullmatch(code)]


def _joined(normal: str) -> list[str]:
    """The hyphenated words of a normalised name as people write them in one: "foo-a-bar 2" gives fooabar."""
    return [name_key(word) for word in re.findall(r"[a-z]+(?:[-'][a-z]+)+", normal)] if "-" in normal else []


def chinese_of(alias: str) -> str:
    """All Chinese characters of a name."""
    return "".join(_HAN.findall(name_key(alias))) if has_cjk(alias) else ""


def beginnings(alias: str) -> Iterator[tuple[str, str]]:
    """(beginning, rest) of the Chinese part of a name; the whole of it only where the name holds more than that."""
    chinese = chinese_of(alias)
    mixed = bool(chinese) and len(chinese) < len(name_key(alias))
    for length in range(2, min(len(chinese) + mixed, LONGEST_BEGINNING + 1)):
        yield chinese[:length], chinese[length:]


def family(key: str) -> str:
    """`key` without a trailing size or version: "foo13b" gives "foo"; a bare number stays."""
    return _FAMILY_TAIL.sub("", key) or key


def digits(key: str) -> str:
    """The digits of a key."""
    return "".join(filter(str.isdigit, key))


def length_and_digits(length: int, key: str) -> str:
    """What keys of that length with the digits of `key` have in common."""
    return f"{length}:{digits(key)}"


def slip_pieces(key: str) -> Iterator[str]:
    """Pieces of a Chinese key, of which one that differs by one slip shares at least one; see `slip_probes`."""
    if len(key) - sum(map(has_cjk, key)) > 1:
        return  # no slip away from any Chinese name
    if len(key) <= WHOLE:
        yield key
        yield from (key[:at] + key[at + 1 :] for at in range(len(key)))
        return
    for at, (first, last) in enumerate(_thirds(len(key))):
        yield f"{len(key)}:{at}:{key[first:last]}"


def slip_probes(name: str) -> Iterator[str]:
    """The pieces that a key one slip away from a Chinese name has, one of them at least."""
    yield name
    yield from (name[:at] + name[at + 1 :] for at in range(len(name)))
    for length in range(max(len(name) - 1, WHOLE + 1), len(name) + 2):
        for at, (first, last) in enumerate(_thirds(length)):
            for shift in (-1, 0, 1):
                if first + shift >= 0:
                    yield f"{length}:{at}:{name[first + shift : last + shift]}"


def _thirds(length: int) -> list[tuple[int, int]]:
    cuts = [length * at // THIRDS for at in range(THIRDS + 1)]
    return list(pairwise(cuts))
