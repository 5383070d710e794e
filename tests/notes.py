"""Notes on disk, and a disk that does not let them be read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest


def write_notes(root: Path, notes: Mapping[str, str]) -> Path:
    """Write `notes` (path below `root` -> text); gives `root`."""
    for name, text in notes.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def forbid_listing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let no directory called `name` be listed; taking its permissions away would not stop the superuser."""
    list_directory = os.scandir

    def scandir(path: os.PathLike[str] | str) -> object:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied")
        return list_directory(path)

    monkeypatch.setattr(os, "scandir", scandir)
