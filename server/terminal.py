"""What the command line writes: UTF-8 always, results on stdout, notices and errors on stderr."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

ELLIPSIS = "…"


def utf8_streams() -> None:
    """Make stdout and stderr UTF-8 whatever the locale says; a lone surrogate comes out as its escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def repaired(args: Sequence[str]) -> list[str]:
    """Arguments as UTF-8, also where an ASCII locale smuggled their bytes in as surrogates."""
    return [arg.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for arg in args]


def drop_output() -> None:
    """Send the rest of stdout nowhere, so that the last flush stays quiet after a closed pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write(text: str, *, end: str = "\n") -> None:
    """Write to stdout at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def write_text(text: str, *, end: str = "\n") -> None:
    """Write text that comes from notes: control characters, which could steer the terminal, are left out."""
    write("".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc"), end=end)


def write_json(value: Any, *, indent: int | None = None) -> None:
    """Write one JSON value in readable UTF-8."""
    write(json.dumps(value, ensure_ascii=False, indent=indent))


def notice(text: str) -> None:
    """Tell the person something that is not part of the result."""
    sys.stderr.write(f"note: {one_line(text)}\n")
    sys.stderr.flush()


def notices(lines: Iterable[str]) -> None:
    """Tell the person several such things, in order."""
    for line in lines:
        notice(line)


def complain(text: str) -> None:
    """Tell the person what went wrong."""
    sys.stderr.write(f"error: {one_line(text)}\n")
    sys.stderr.flush()


def one_line(text: str) -> str:
    """The text with every run of white space as one blank and without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def width(text: str) -> int:
    """Terminal columns: two for wide and full-width characters, none for combining ones."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fitted(text: str, columns: int) -> str:
    """The text in exactly `columns` columns, shortened with an ellipsis or filled with blanks."""
    text = one_line(text)
    if width(text) > columns:
        kept = ""
        for char in text:
            if width(kept + char) > columns - 1:
                break
            kept += char
        text = kept + ELLIPSIS
    return text + " " * (columns - width(text))


def write_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, columns: int) -> None:
    """Write a table that is at most `columns` wide; the widest columns give way first."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max([width(name), *(width(row[i]) for row in cells)]) for i, name in enumerate(header)]
    room = max(columns - 2 * (len(header) - 1), 4 * len(header))
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    write("  ".join(fitted(name, w) for name, w in zip(header, widths, strict=True)).rstrip())
    write("  ".join("-" * w for w in widths))
    for row in cells:
        write("  ".join(fitted(cell, w) for cell, w in zip(row, widths, strict=True)).rstrip())


def write_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows as CSV (RFC 4180, UTF-8)."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([header, *rows])
    write(out.getvalue(), end="")
