"""Notes that disagree, differ in wording and date things, ingested once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest.build import ingest
from rag.config import Settings
from rag.index import Snapshot
from server.app import create_app
from tests.notes import write_notes

NOTES = {
    "a.md": """# 相机

## Heron X1

| 像素 | 价格 | 防水 | 产地 |
| --- | --- | --- | --- |
| 2400万 | 4,999元 | 是 | 未知 |

- 颜色：黑、银

## Osprey Z

| 像素 | 价格 | 防水 |
| --- | --- | --- |
| 4500万 | 12,800元 | 否 |
""",
    "b.md": """# Shop

| Camera | Price | 防水 | Shop |
| --- | --- | --- | --- |
| Heron X1 | 5,299元 | 是，但镜头除外 | https://shop.example/heron |
| Osprey Z | 12,800元 | 是 | https://shop.example/osprey |

## 时间线

- 2021-03-05：Plover 上市
- 2022-08：Curlew 在日本开售
""",
}


HERE = "127.0.0.1"


def caller(settings: Settings, address: str = HERE) -> TestClient:
    """A client of the application over the notes, that seems to sit at `address`."""
    return TestClient(create_app(settings), base_url=f"http://{HERE}", client=(address, 1))


@pytest.fixture(scope="session")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(corpus=write_notes(tmp_path_factory.mktemp("cameras"), NOTES))
    ingest(settings)
    return settings


@pytest.fixture
def snapshot(cameras: Settings) -> Iterator[Snapshot]:
    with Snapshot.open(cameras.index_path) as snapshot:
        yield snapshot


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Notes of one's own, ingested, which a test may change."""
    settings = Settings(corpus=write_notes(tmp_path / "corpus", NOTES))
    ingest(settings)
    return settings
