"""A time limit on a model that holds whatever its client does."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rag.answer.llm.limits import Deadline, within


def test_what_is_given_up_is_closed_and_its_failing_then_is_heard_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", heard.append)
    go_on, ended = threading.Event(), threading.Event()

    def pieces() -> Iterator[str]:
        try:
            yield "first"
            go_on.wait(10)
            yield "late"
        finally:
            ended.set()
            raise ConnectionError("the server is slow still")

    told = within(Deadline.after(0.1), pieces)

    assert next(told) == "first"
    with pytest.raises(TimeoutError, match=r"nothing came within 0\.1 s"):
        next(told)
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "llm":
            thread.join(10)
    assert ended.is_set()
    assert heard == []
