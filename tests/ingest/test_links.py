"""Every form of a link to a paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.links import identifier_of, paper_link, paper_links, tie

ARXIV = ("arXiv:2302.13971", "2302.13971.pdf", "https://arxiv.org/pdf/2302.13971")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("https://arxiv.org/abs/2302.13971", ARXIV),
        ("http://arxiv.org/pdf/2302.13971v2.pdf", ARXIV),
        ("https://www.arxiv.org/pdf/2302.13971", ARXIV),
        ("https://export.arxiv.org/abs/2302.13971v1", ARXIV),
        ("https://arxiv.org/abs/2302.13971?context=cs", ARXIV),
        ("https://ar5iv.org/abs/2302.13971", ARXIV),
        ("https://ar5iv.labs.arxiv.org/html/2302.13971", ARXIV),
        ("https://huggingface.co/papers/2302.13971", ARXIV),
        ("https://doi.org/10.48550/arXiv.2302.13971", ARXIV),
        ("arxiv:2302.13971", ARXIV),
        (
            "https://arxiv.org/abs/cs/0112017v1",
            ("arXiv:cs/0112017", "cs_0112017.pdf", "https://arxiv.org/pdf/cs/0112017"),
        ),
        (
            "https://openreview.net/forum?id=nZeVKeeFYf9",
            ("openreview:nZeVKeeFYf9", "openreview_nZeVKeeFYf9.pdf", "https://openreview.net/pdf?id=nZeVKeeFYf9"),
        ),
        (
            "https://aclanthology.org/2022.acl-long.26/",
            ("acl:2022.acl-long.26", "2022.acl-long.26.pdf", "https://aclanthology.org/2022.acl-long.26.pdf"),
        ),
        (
            "https://www.aclweb.org/anthology/P19-1001.pdf",
            ("acl:P19-1001", "P19-1001.pdf", "https://aclanthology.org/P19-1001.pdf"),
        ),
        (
            "https://doi.org/10.1000/xyz(12)",
            ("doi:10.1000/xyz(12)", "doi_10.1000_xyz_12.pdf", "https://doi.org/10.1000/xyz(12)"),
        ),
        ("../papers/plover.pdf", ("file:papers/plover.pdf", "plover.pdf", None)),
        ("../papers/2302.13971.pdf", ("arXiv:2302.13971", "2302.13971.pdf", None)),
        ("../../outside.pdf", None),
        ("https://arxiv.org/list/cs.CL/recent", None),
        ("https://github.com/example/plover", None),
        ("mailto:a@example.org", None),
        ("readme.md", None),
    ],
)
def test_what_a_target_leads_to(target: str, expected: tuple[str, str, str | None] | None) -> None:
    link = paper_link(target, note="notes/a.md")
    assert (link and (link.identifier, link.file, link.url)) == expected


def test_a_direct_pdf_keeps_its_name_and_is_told_from_others(tmp_path: Path) -> None:
    one, two = paper_link("https://a.example/x/report.pdf"), paper_link("https://b.example/report.pdf")
    assert one is not None
    assert two is not None
    assert one.file.startswith("report_")
    assert one.file != two.file


def test_file_addresses_count_within_the_corpus_only(tmp_path: Path) -> None:
    inside = paper_link(f"file://{tmp_path}/papers/a%20b.pdf", root=tmp_path)
    assert inside is not None
    assert (inside.identifier, inside.url) == ("file:papers/a b.pdf", None)
    assert paper_link("file:///etc/secret.pdf", root=tmp_path) is None
    assert paper_link(f"file://{tmp_path}/../x.pdf", root=tmp_path) is None


NOTE = """# Lenses
See [the paper](https://arxiv.org/abs/2302.13971) and <https://arxiv.org/pdf/2106.09685v2.pdf>.
论文：https://arxiv.org/abs/2212.10560，代码在 https://github.com/example/plover 。
(https://aclanthology.org/P19-1001.) also arXiv:2304.03277v1 and www.arxiv.org/abs/2103.10360;
| Plover | [pdf](../papers/plover.pdf "the paper") |

[ref]: https://openreview.net/pdf?id=abc_1
"""


def test_links_of_a_note_with_their_lines() -> None:
    found = [(linked.link.identifier, linked.line) for linked in paper_links(NOTE, note="notes/a.md")]
    assert found == [
        ("arXiv:2302.13971", 2),
        ("arXiv:2106.09685", 2),
        ("arXiv:2212.10560", 3),
        ("acl:P19-1001", 4),
        ("arXiv:2304.03277", 4),
        ("arXiv:2103.10360", 4),
        ("file:papers/plover.pdf", 5),
        ("openreview:abc_1", 7),
    ]


@pytest.mark.parametrize(
    ("path", "identifier", "tied"),
    [
        ("papers/2302.13971.pdf", "arXiv:2302.13971", "2302.13971"),
        ("papers/2302.13971v3.pdf", "arXiv:2302.13971", "2302.13971"),
        ("papers/cs_0112017.pdf", "arXiv:cs/0112017", "cs_0112017"),
        ("papers/plover.pdf", "file:papers/plover.pdf", "plover"),
    ],
)
def test_files_named_by_identifier(path: str, identifier: str, tied: str) -> None:
    assert (identifier_of(path), tie(path)) == (identifier, tied)
