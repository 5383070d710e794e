"""How many cores one process computes on."""

from __future__ import annotations

import os

SAID = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
"""Where the environment says how many threads numpy's linear algebra takes."""


def compute_on_one_core() -> None:
    """Have numpy's linear algebra compute on one core, where the environment does not say otherwise.

    The products here are small. A second thread is no help with them, and waits for the next one in a busy loop: that
    doubled the processor time of an answer. To be called before numpy is first imported; child processes inherit it.
    """
    if not any(name in os.environ for name in SAID):
        os.environ[SAID[0]] = "1"
