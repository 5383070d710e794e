"""Pages of papers as pictures and as text, and lines of notes in their context."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.errors import UsageError
from server.app import create_app
from server.cli import run
from server.pictures import boxes
from tests.ingest.typeset import english, library, save
from tests.notes import write_notes
from tests.server.conftest import running

NOTE = "# Lenses\n\n## Plover\n\n" + "\n".join(f"- line {number}" for number in range(1, 21)) + "\n"
PAPER = "papers/plover.pdf"


def get(address: str, params: dict[str, str] | None = None) -> httpx.Response:
    """The response, however long the first start of a drawing process takes."""
    return httpx.get(address, params=params, timeout=60)


def size(png: bytes) -> tuple[int, int]:
    """Width and height in dots of a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = write_notes(tmp_path / "corpus", {"lenses.md": NOTE})
    (corpus / "papers").mkdir()
    english(corpus / PAPER)
    made = Settings(corpus=corpus)
    ingest(made)
    return made


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    with running(create_app(settings)) as address:
        yield address


def test_a_page_is_drawn_at_twice_its_points(site: str) -> None:
    response = get(f"{site}/api/sources/{PAPER}/pages/2.png")

    assert response.status_code == 200
    assert response.headers["content-type"] == "image/png"
    assert size(response.content) == (1190, 1684)


def test_marks_change_the_picture_and_the_same_request_gives_the_same_bytes(site: str) -> None:
    address = f"{site}/api/sources/{PAPER}/pages/1.png"

    plain, marked, again = (
        get(address, params=params).content for params in (None, {"mark": "60,80,200,100"}, {"mark": "60,80,200,100"})
    )

    assert plain != marked
    assert marked == again


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        (f"{PAPER}/pages/3.png", 404, "papers/plover.pdf has 2 pages; there is no page 3"),
        ("papers/none.pdf/pages/1.png", 404, "the index holds no source 'papers/none.pdf'; `rag sources` lists them"),
        ("lenses.md/pages/1.png", 404, "lenses.md is a note, which has lines and no pages; ask for its lines"),
        (f"{PAPER}/pages/1.png?mark=1,2,3", 400, "mark = '1,2,3' is not x0,y0,x1,y1 in points from the top left"),
        (f"{PAPER}/pages/1.png?mark=9,2,3,4", 400, "mark = '9,2,3,4' is no box: x0 <= x1 and y0 <= y1 are needed"),
        (f"{PAPER}/lines/1-2", 404, "papers/plover.pdf is a paper, which has pages and no lines; ask for a page"),
        ("lenses.md/lines/1-99", 404, "lenses.md has 24 lines; there are no lines 1 to 99"),
    ],
)
def test_what_cannot_be_shown_is_told(site: str, address: str, status: int, told: str) -> None:
    response = get(f"{site}/api/sources/{address}")

    assert (response.status_code, response.json()["error"]["message"]) == (status, told)


def test_a_paper_that_changed_since_is_not_drawn(site: str, settings: Settings) -> None:
    english(settings.corpus / PAPER, author="someone else")

    response = get(f"{site}/api/sources/{PAPER}/pages/1.png")

    assert response.status_code == 503
    assert response.json()["error"]["message"] == ("papers/plover.pdf: has changed since it was read; run `rag ingest`")


def test_a_page_is_told_as_text(site: str) -> None:
    page = get(f"{site}/api/sources/{PAPER}/pages/2").json()

    assert (page["first"], page["last"], page["total"]) == (2, 2, 2)
    assert "Table 1: Weight and price of the lenses." in page["text"]


def test_lines_of_a_note_stand_in_their_context(site: str) -> None:
    told = get(f"{site}/api/sources/lenses.md/lines/10-11").json()

    assert (told["first"], told["last"], told["marked"]) == (5, 16, [10, 11])
    assert [line["text"] for line in told["lines"] if line["marked"]] == ["- line 6", "- line 7"]


def test_the_command_line_saves_pictures_and_shows_text(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show = ["sources", "show", "--corpus", str(settings.corpus), "--no-refresh"]
    picture = tmp_path / "page.png"

    assert run([*show, PAPER, "--page", "1", "--mark", "60,80,200,100", "--save", str(picture)]) == 0
    assert size(picture.read_bytes()) == (1190, 1684)
    assert run([*show, PAPER, "--page", "1"]) == 0
    assert "Plover: A Family of Compact Lenses" in capsys.readouterr().out
    assert run([*show, "lenses.md", "--lines", "5-5"]) == 0
    assert ">     5 - line 1\n      6 - line 2\n" in capsys.readouterr().out
    assert run([*show, "lenses.md", "--save", str(picture)]) == 2


def test_a_poster_is_drawn_coarser(tmp_path: Path) -> None:
    document = library().open()
    document.new_page(width=5000, height=5000).insert_text((100, 100), "A poster of four square metres.")
    corpus = write_notes(tmp_path / "corpus", {"a.md": "# A\n"})
    save(document, corpus / "poster.pdf")
    settings = Settings(corpus=corpus)
    ingest(settings)
    with running(create_app(settings)) as address:
        width, height = size(get(f"{address}/api/sources/poster.pdf/pages/1.png").content)
    assert width * height <= 4_000_000


def test_an_encrypted_paper_opens_with_the_configured_password(tmp_path: Path) -> None:
    document = library().open()
    document.new_page().insert_text((72, 72), "A sealed line of text that is long enough.", fontsize=11)
    corpus = write_notes(tmp_path / "corpus", {"a.md": "# A\n"})
    sealed = corpus / "sealed.pdf"
    document.save(str(sealed), encryption=library().PDF_ENCRYPT_AES_256, user_pw="u", owner_pw="o")
    document.close()

    refused = dict(ingest(Settings(corpus=corpus)).failed)
    assert refused == {"sealed.pdf": "is encrypted; set papers_password in rag.toml, or save a copy without a password"}
    settings = Settings(corpus=corpus, papers_password="u")
    assert ingest(settings).added == 1
    with running(create_app(settings)) as address:
        assert get(f"{address}/api/sources/sealed.pdf/pages/1.png").status_code == 200


def test_boxes_are_read_and_bounded() -> None:
    assert boxes(["1,2,3,4;5,6,7,8", "0,0,1.25,1"]) == ((1, 2, 3, 4), (5, 6, 7, 8), (0, 0, 1.2, 1))
    with pytest.raises(UsageError, match="65 marks are more than 64"):
        boxes(["1,2,3,4"] * 65)
