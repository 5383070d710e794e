"""Tests that need another program (a browser, a database) get a second try: that program may crash on its own."""

from __future__ import annotations

import pytest

OUTSIDE = {"browser", "postgres", "milvus", "engine"}
"""The fixtures that start such programs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One more try, which the summary counts as "rerun"; a test of our code alone has none."""
    for item in items:
        if OUTSIDE & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.flaky(reruns=1))
