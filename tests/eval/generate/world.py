"""A small survey whose facts make cases of every kind, and traps that must make none."""

from __future__ import annotations

VANS = """# Vans

| Van | Maker | Price (euro) | First sold | Towbar | Colour |
| --- | --- | --- | --- | --- | --- |
| Kestrel 2 | Fjord Motors | 31,500 | 2019-03-04 | ✅ | slate grey |
| Merlin XL | Fjord Motors | 42,900 | 2020-06-11 | ❌ | slate grey |
| Hobby-90 | Oslo Works | 27,300 | 2018-01-20 | ✅ | signal red |
| Osprey Van | Oslo Works | 55,100 | 2021-11-02 | ❌ | |
| Sparrow T | Lahti Auto | 19,800 | 2016-09-30 | ✅ | signal red |

## Kestrel 2

- website: https://vans.example/kestrel
- Warranty: Five years, and if the owner has it serviced every spring by a partner, three more. Rust is excluded.

## Merlin XL

- website: https://vans.example/merlin
"""

SHOWS = """# 车展

## 发布年表

- 2019-03-04：Kestrel 2，赫尔辛基
- 2020-06-11：Merlin XL，奥斯陆
- 2018-01-20：Hobby-90
- 2021-11-02：Osprey Van

## 载重

| 车 | 载重 | 产地 |
| --- | --- | --- |
| Kestrel 2 | 900 千克 | 芬兰图尔库 |
| Merlin XL | 1250 千克 | 挪威卑尔根 |
| Hobby-90 | 700 千克 | 芬兰图尔库 |
| Osprey Van | 1600 千克 | 挪威卑尔根 |
"""

NOTES = {"vans.md": VANS, "shows.md": SHOWS}
