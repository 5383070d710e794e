"""Generated survey notes of any number, with questions about them: equipment that nobody makes.

Note `n` is the same whatever the number of notes, on any machine. Each holds key-value lines, a table, a timeline
and prose in Chinese and English about one series of devices with five models.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

SYLLABLES = tuple(a + b + c for a in "bcdfghjklmnprstvwz" for b in "aeo" for c in "lnr")
ENDINGS = ("ado", "eno", "iru", "ona", "uma", "esk")
KINDS = (
    ("水泵", "pump"),
    ("风机", "fan"),
    ("阀门", "valve"),
    ("电机", "motor"),
    ("压缩机", "compressor"),
    ("传感器", "sensor"),
    ("换热器", "heat exchanger"),
    ("减速机", "gearbox"),
)
MAKERS = ("北河机械", "南溪仪表", "东岭动力", "西滩工业", "Harrow Works", "Lindqvist Plant", "Quarry & Sons")
STANDARDS = ("甲类", "乙类", "丙类", "丁类")
PLACES = ("一号车间", "二号车间", "污水处理站", "冷却塔", "试验台", "屋顶机房")
PARTS = ("轴承", "密封圈", "叶轮", "控制器", "联轴器", "外壳")
FINDINGS = (
    "运行中噪声偏大，更换轴承后恢复正常",
    "低温启动需要预热，否则密封圈容易开裂",
    "连续运行后温升稳定，没有发现渗漏",
    "振动值接近上限，建议缩短检修间隔",
    "控制器偶尔误报，升级固件后没有再出现",
)
REMARKS = (
    "spare parts arrive within {days} days when ordered from the regional depot",
    "the warranty covers wear parts for {days} days after commissioning",
    "operators reported {days} days between two cleanings at full load",
)
A_FOLDER = 100
"""Notes in one folder."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one note, with what an answer holds and the exact quote that says it."""

    language: str
    question: str
    holds: str
    quote: str


@dataclass(frozen=True, slots=True)
class Note:
    """A generated note: its path below the corpus root, its text, and questions that it answers."""

    path: str
    text: str
    asked: tuple[Asked, ...]


def series(number: int) -> str:
    """The name of the series in note `number`; no other note has it, below 100 million."""
    rest, ending = divmod(number * 7919 + 17, len(ENDINGS))
    rest, second = divmod(rest, len(SYLLABLES))
    first = rest % len(SYLLABLES)
    return f"{SYLLABLES[first]}{SYLLABLES[second]}{ENDINGS[ending]}".capitalize() + f"-{number + 100}"


def note(number: int) -> Note:
    """Note `number`, from 0."""
    draw = random.Random(f"note {number}")
    name, (kind, english) = series(number), draw.choice(KINDS)
    maker, place, power = draw.choice(MAKERS), draw.choice(PLACES), draw.randrange(15, 9000) / 10
    year, month = draw.randrange(1995, 2026), draw.randrange(1, 13)
    models = [
        f"| {name}/{letter} | {draw.randrange(5, 950)} | {draw.randrange(20, 980)} | {draw.randrange(8, 900) * 100} |"
        for letter in "ABCDE"
    ]
    lines: list[str] = [
        f"# {name} {kind}",
        "",
        f"- 制造商：{maker}",
        f"- 额定功率：{power} kW",
        f"- 噪声：{draw.randrange(38, 92)} 分贝",
        f"- 防护等级：{draw.choice(STANDARDS)}",
        f"- 安装位置：{place}",
        *("", "## 型号", "", "| 型号 | 流量（立方米/小时） | 重量（kg） | 价格（元） |", "| --- | --- | --- | --- |"),
        *models,
        *("", "## 经过", ""),
        f"- {year}-{month:02d}：{name} 首次投产",
        f"- {year + 1}-{draw.randrange(1, 13):02d}：{place}安装第一台",
        f"- {year + 2}-{draw.randrange(1, 13):02d}：完成年度检修",
        *("", "## 检修", "", "| 日期 | 部位 | 停机（小时） | 发现 |", "| --- | --- | --- | --- |"),
        *_repairs(draw, year + 2),
        *("", "## 使用情况", ""),
        f"{name} 在{place}使用了{draw.randrange(2, 20)}年，{draw.choice(FINDINGS)}。备件由{maker}供应，"
        f"每次检修大约停机{draw.randrange(2, 72)}小时。{draw.choice(FINDINGS)}。",
        "",
        f"The {name} {english} was compared with {series(max(number - 1, 0))} on the same test bench; "
        f"{draw.choice(REMARKS).format(days=draw.randrange(3, 400))}.",
        "",
    ]
    model = draw.choice(models)
    asked = (
        Asked("zh", f"{name} 的额定功率是多少", f"{power} kW", f"额定功率：{power} kW"),
        Asked("zh", f"{_sloppy(model.split()[1])} 多少钱", model.split()[-2], model),
        Asked("en", f"when was the {_sloppy(name)} first produced", f"{year}", f"{year}-{month:02d}：{name} 首次投产"),
        Asked("en", f"who makes the {name} {english}", maker, f"制造商：{maker}"),
    )
    return Note(f"part-{number // A_FOLDER:05d}/note-{number:07d}.md", "\n".join(lines), asked)


def _repairs(draw: random.Random, year: int) -> list[str]:
    """Rows of the table of repairs."""
    return [
        f"| {year + at}-{draw.randrange(1, 13):02d} | {draw.choice(PARTS)} | {draw.randrange(1, 90)} | "
        f"{draw.choice(FINDINGS)} |"
        for at in range(6)
    ]


def _sloppy(name: str) -> str:
    """A name as people type it."""
    return name.replace("-", " ").lower()


def write_notes(root: Path, count: int) -> None:
    """Write notes 0 to `count` - 1 below `root`."""
    for number in range(count):
        made = note(number)
        path = root / made.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.text, encoding="utf-8", newline="\n")


def write_cases(path: Path, count: int, cases: int) -> None:
    """Write about `cases` evaluation cases, spread evenly over `count` notes, as JSON lines."""
    lines: list[str] = []
    for number in sorted({at * count // cases for at in range(cases)}):
        made = note(number)
        asked = made.asked[len(lines) % len(made.asked)]
        case = {
            "id": f"generated-{number}",
            "lang": asked.language,
            "type": "lookup",
            "question": asked.question,
            "must": [[asked.holds]],
            "evidence": [{"file": made.path, "quote": asked.quote}],
            "group": "any",
            "abstain": False,
            "split": "dev",
        }
        lines.append(json.dumps(case, ensure_ascii=False) + "\n")
    path.write_text("".join(lines), encoding="utf-8")
