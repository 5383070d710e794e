"""The forms that lines take."""

from __future__ import annotations

import pytest

from ingest.line_forms import bare_label, defined_terms, is_event, item_label, key_line
from ingest.markdown import parse


@pytest.mark.parametrize(
    ("raw", "key", "value", "rest"),
    [
        ("重量：557g", "重量", "557g", "557g"),
        ("- **重量**：557g", "重量", "557g", "557g"),
        ("1) Weight : 557 g", "Weight", "557 g", "557 g"),
        ("优点：", "优点", "", ""),
        ("**优点**", "优点", "", ""),
        ("固件（https://e.org/f）：两分钟", "固件", "两分钟", "两分钟"),
        (
            "固件：先看说明（https://e.org/f）再升级",
            "固件",
            "先看说明再升级",
            "先看说明（https://e.org/f）再升级",
        ),
        ("固件：（https://e.org/f）先备份", "固件", "先备份", "（https://e.org/f）先备份"),
    ],
)
def test_keys(raw: str, key: str, value: str, rest: str) -> None:
    found = key_line(raw)
    assert found is not None
    assert (found.key, found.value, found.rest) == (key, value, rest)
    assert raw.endswith(found.rest)


@pytest.mark.parametrize(
    "raw",
    [
        "https://e.org/x",
        "没有冒号",
        "**Bold** text goes on",
        "这台机器用了整整三年一点毛病都没有：好",
        "one two three four five six: seven",
        "12: 30",
        "`code`: x",
        "| a: b |",
        "",
    ],
)
def test_no_keys(raw: str) -> None:
    assert key_line(raw) is None


@pytest.mark.parametrize(
    ("plain", "label"),
    [
        ("3、Brompton", "Brompton"),
        ("- 3. Brompton P9", "Brompton P9"),
        ("3、好，很好", None),
        ("Brompton", None),
    ],
)
def test_bare_labels(plain: str, label: str | None) -> None:
    assert bare_label(plain) == label


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("- 2023-05-10 尼康 Z8 开卖", True),
        ("**2023年5月**：尼康 Z8 开卖", True),
        ("May 10, 2023: the Z8 is out", True),
        ("- 2013：尼康 Df 开卖了", True),
        ("* 2013: the Df is out", True),
        ("**2013**: the Df is out", True),
        ("2013 – the Df is out", True),
        ("2013: 30 cameras sold", False),
        ("2023-05-10", False),
        ("尼康 2023-05-10 发布 Z8", False),
        ("20230510 尼康 Z8 开卖", False),
    ],
)
def test_events(raw: str, expected: bool) -> None:
    assert is_event(raw, raw.strip("-* ")) is expected


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("- Brompton\n  Folds.", "Brompton"),
        ("- 2. Brompton P9\n  Folds.", "Brompton P9"),
        ("- Brompton", None),
        ("- Brompton: folds\n  Quickly.", None),
        ("- one two three four five\n  Six.", None),
        ("Brompton\nFolds.", None),
    ],
)
def test_item_labels(text: str, label: str | None) -> None:
    assert item_label(parse(text)[0]) == label


def test_definition_lists() -> None:
    lines = ["Quorum", ": more than half", "text", "**WAL**", ": a log", ": nothing above", "x：y", ": no"]
    assert defined_terms(lines) == {1: "Quorum", 4: "WAL"}
