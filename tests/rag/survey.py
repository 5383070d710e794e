"""A small survey of databases, cameras, bicycles and medicines, and ways to put questions to notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ingest.build import ingest
from rag import Assistant
from rag.config import Settings
from rag.question.mentions import NameIndex
from rag.question.understand import Question, understand
from rag.types import Answer, Lines
from tests.notes import write_notes

DATABASES = """# 数据库调研

零散的笔记，空着的格子表示没查。

## 1. Graphite

Graphite 由塔林大学的团队开发，是一个图数据库。

| 许可证 | 开发语言 | 首次发布 | 最大节点数 | 默认端口 | 是否可商用 |
| --- | --- | --- | --- | --- | --- |
| Apache-2.0 | Rust | 2019-03-05 | 70亿 | 7474 | 是 |

- 仓库：https://github.com/graphite-db/graphite
- 论文：https://arxiv.org/abs/1903.01234

## 2. Graphite-Lite

| 许可证 | 开发语言 | 首次发布 | 最大节点数 | 默认端口 | 是否可商用 |
| --- | --- | --- | --- | --- | --- |
| MIT | Go | 2020-06-01 | 4亿 | 7475 | 是 |

## 3. Chinese-Graphite

| 许可证 | 开发语言 | 首次发布 | 最大节点数 | 默认端口 | 是否可商用 |
| --- | --- | --- | --- | --- | --- |
| 木兰协议 | C++ | 2021-11-20 | | 7476 | 否 |

## 4. 石墨海 (GraphSea)

| 许可证 | 开发语言 | 首次发布 | 最大节点数 | 默认端口 | 是否可商用 |
| --- | --- | --- | --- | --- | --- |
| 自定义 | Java | 2018-01-15 | 未知 | 9100 | 需要申请授权 |

石墨海背后的公司是青岛海图科技。

## 5. TreeBase

TreeBase 由 Oslo Labs 打造，商业用途需要付费，年收入低于 100 万元的免费。

安装：

```bash
pip install treebase-server
```

## 6. Riverlog

Riverlog 目前不允许商用，只能用于研究。

## 7. Pebblestore

Pebblestore 的文档写得很细，社区也活跃。

## 部署

| 引擎 | 磁盘 | 读 |  | 写 |  |
| --- | --- | --- | --- | --- | --- |
|  |  | 延迟 | 吞吐 | 延迟 | 吞吐 |
| TreeBase | NVMe | 3毫秒 | 9000/秒 | 5毫秒 | 4000/秒 |
| TreeBase | SATA | 11毫秒 | 2500/秒 | 17毫秒 | 900/秒 |
| Riverlog | NVMe | 2毫秒 | 12000/秒 | 4毫秒 | 7000/秒 |

## 术语

- **写放大**：是指应用每写一个字节，磁盘实际写入的字节数。
"""

SECOND_LOOK = """# 第二遍看

- 2022-04-11：重新装了 Graphite。

## Graphite

默认端口：7474
首次发布：2019-03-05

## TreeBase

首次发布：2017-09-09
默认端口：6100

## Riverlog

默认端口：6200
"""

THIRD_LOOK = """# 第三遍看

## Riverlog

默认端口：6300
"""

CAMERAS = """# Cameras

Bodies that we lent out in 2023.

## Bodies

| Model | Maker | Sensor | Weight | Price | Weather sealed | Released |
| --- | --- | --- | --: | --: | :-: | --- |
| Heron X1 | Lakeside Optics | 24 MP | 480 g | 900 EUR | yes | 2019-05-02 |
| Heron X2 | Lakeside Optics | 33 MP | 960 g | 1,800 EUR | yes | 2021-08-30 |
| Osprey Z | Fjord Imaging | 45 MP | 720 g | 2,700 EUR | no | 2020-02-14 |
| Kestrel Mini | Fjord Imaging | 12 MP | | 450 EUR | only the front | 2022-11-01 |
| Swift 3 | Brook & Sons | 20 MP | 350 g | unknown | | 2018-03-20 |

Repairs of the Heron X1 are done by the Malmö workshop. The Osprey Z overheats after 25 minutes of video.

## Side by side

| | Heron X1 | Osprey Z | Swift 3 |
| --- | --- | --- | --- |
| Battery | HB-11 | FJ-7 | AA cells |
| Shots per charge | 410 | 290 | 150 |
| Shutter rated for | 150,000 | 300,000 | 50,000 |
"""

BICYCLES = """# Bicycles

## Falke

- Frame: steel
- Weight: 13.5 kg
- Price: 1,200 dollars
- Manual: https://example.org/falke/manual.pdf

The Falke was designed by Marta Lindqvist in Uppsala.

## Tern

- Frame: aluminium
- Weight: 9 kg
- Price: 2,400 dollars

To put a new chain on the Tern, run the app first:

```bash
terntool pair --chain
```

## Ibis

- Frame: carbon
- Price: 5,000 dollars
"""

MEDICINES = """# 常备药

| 药名 | 成分 | 一次剂量 | 孕妇可用 | 饭后服用 |
| --- | --- | --- | --- | --- |
| 清风片 | 薄荷脑 | 2片 | ❌ | ✅ |
| 安泰宁 | 布洛芬 | 200毫克 | ❌ | ✅ |
| 润喉露 | 甘草 | 10毫升 | ✅ | ❌ |
| 平和散 | 山楂 | 1袋 | 遵医嘱，有条件 | ❌ |

安泰宁的不良反应：胃部不适、头晕。
"""

SURVEY: Mapping[str, str] = {
    "notes/databases.md": DATABASES,
    "notes/second-look.md": SECOND_LOOK,
    "notes/third-look.md": THIRD_LOOK,
    "notes/cameras.md": CAMERAS,
    "bicycles.md": BICYCLES,
    "notes/medicines.md": MEDICINES,
}


def settle(root: Path, notes: Mapping[str, str] = SURVEY) -> Settings:
    """`notes` written below `root` and ingested; the settings that open them."""
    settings = Settings(corpus=write_notes(root / "corpus", notes), index=root / "index")
    assert ingest(settings).failed == ()
    return settings


@contextmanager
def opened(root: Path, **notes: str) -> Iterator[Assistant]:
    """An assistant over notes of its own: name without suffix -> text."""
    settings = settle(root, {f"{name}.md": text for name, text in notes.items()})
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        yield assistant


def understood(assistant: Assistant, text: str) -> Question:
    """The question taken apart against the names and words of the assistant's notes."""
    snapshot = assistant.snapshot
    return understand(text, NameIndex.build(snapshot.names()), lambda token: snapshot.document_frequency(token) > 0)


def cited(answer: Answer) -> list[tuple[str, int]]:
    """Where the answer's citations begin: (source, line)."""
    return [(c.source, c.location.first) for c in answer.citations if isinstance(c.location, Lines)]


def by_status(answer: Answer) -> dict[str, set[str]]:
    """The entities of the answer's items by status."""
    found: dict[str, set[str]] = {}
    for item in answer.items:
        found.setdefault(str(item.status), set()).add(item.entity)
    return found
