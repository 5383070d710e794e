"""The files of the page: served as they are, held by the browser, small modules without inline anything."""

from __future__ import annotations

import re

import httpx
import pytest

from server.pages import PLACES, UI

LONGEST_MODULE = 250


def test_every_file_is_served_as_it_lies_there(served: str) -> None:
    for file in sorted(UI.iterdir()):
        response = httpx.get(f"{served}{PLACES.get(file.name, f'/{file.name}')}")
        assert response.content == file.read_bytes(), file.name
        assert response.headers["content-type"].startswith(
            {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg"}[file.suffix[1:]]
        )


def test_what_the_browser_holds_is_not_sent_again(served: str) -> None:
    first = httpx.get(f"{served}/app.js")
    again = httpx.get(f"{served}/app.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("file", sorted(UI.glob("*.js")), ids=lambda file: file.name)
def test_modules_are_short_and_parse_no_markup(file: object) -> None:
    text = (UI / str(file)).read_text(encoding="utf-8")
    assert len(text.splitlines()) < LONGEST_MODULE
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser", text
    )


def test_every_module_that_the_first_view_needs_is_announced() -> None:
    """Without that the browser finds them one after the other."""
    announced = set(
        re.findall(r'(?:modulepreload" href|script type="module" src)="/(\w+\.js)"', (UI / "index.html").read_text())
    )
    needed, queue = set(), ["app.js"]
    while queue:
        name = queue.pop()
        needed.add(name)
        found = re.findall(r'^(?:import|export) .*?from "/(\w+\.js)";', (UI / name).read_text(encoding="utf-8"), re.M)
        queue += [one for one in found if one not in needed]
    assert announced == needed
