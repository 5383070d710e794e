"""One core a process, unless the environment says otherwise, and before numpy is there to read it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from server.threads import compute_on_one_core


def test_one_core_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    # given nothing said
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    # when, then
    compute_on_one_core()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    # and given that somebody said it
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    compute_on_one_core()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "3"


def test_the_general_word_for_threads_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    compute_on_one_core()
    assert "OPENBLAS_NUM_THREADS" not in os.environ


@pytest.mark.parametrize("module", ["server.cli", "server.pool"])
def test_numpy_is_not_there_before_it_is_said(module: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print('numpy' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False"
