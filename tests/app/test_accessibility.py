"""Every page can be read and used by everybody: axe finds nothing grave, nothing has to be scrolled both ways.

Each page is held against axe on a phone and on a desk, once light and once dark, in one of the languages. What room it
takes is looked at in German, whose words are the longer ones, and of every other page in English. All combinations, and
more widths: ``python -m validation.accessibility``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

import facialis.app as base
from facialis.app.serve import SCRIPT
from facialis.app.urls import urlpatterns
from tests.app.browser import CHROMIUM, QUIET
from tests.app.house import move_in
from tests.app.looks import BY_LOOK, SPACING, SPOKEN, bring_axe, found_by_axe, set_look, too_small, too_wide
from tests.app.pages import AXE, NO_PAGES, PAGES, Rendered, furnish, opened, render

TEMPLATES = Path(base.__file__).parent / "templates" / "casebook"
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or not AXE.is_file() or not SCRIPT.is_file(),
    reason="Chromium, axe (frontend/node_modules) or the built pages are missing: type make",
)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, session_folder: Path) -> Mapping[str, Rendered]:
    """All pages in each language."""
    made: dict[str, Rendered] = {}
    root = tmp_path_factory.mktemp("house")
    place = move_in(root / "casebook")
    client = Client(SERVER_NAME="localhost")
    fresh = {code: render(client, {"fresh": ()}, code) for code in ("en", "de")}
    shown = furnish(place, session_folder, root)
    outside = {code: render(client, {"nobody": (), "invited": shown["invited"]}, code) for code in ("en", "de")}
    client.get(place.door)
    inside = {kind: about for kind, about in shown.items() if kind != "invited"}
    for code in ("en", "de"):
        parts = (fresh[code], outside[code], render(client, inside, code))
        answers = {path: answer for part in parts for path, answer in part.answers.items()}
        made[code] = Rendered(answers, {which: path for part in parts for which, path in part.paths.items()})
    connection.close()
    return made


@pytest.fixture(scope="module")
def browser(rendered: Mapping[str, Rendered]) -> Iterator[Browser]:  # noqa: ARG001 - Django refuses to work beside it
    """Chromium, once."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield made
        made.close()


def test_every_route_is_looked_at_or_is_no_page() -> None:
    no_pages = {name for names in NO_PAGES.values() for name in names}
    routes = {str(pattern.name) for pattern in urlpatterns}
    assert (routes - {*PAGES} - no_pages, ({*PAGES} | no_pages) - routes) == (set(), set())


def test_each_page_says_in_its_title_what_it_is(rendered: Mapping[str, Rendered]) -> None:
    for pages in rendered.values():
        titles: dict[str, str] = {}
        for (route, kind), path in pages.paths.items():
            text = pages.answers[path][1].decode()
            found = re.findall(r"<title>(.*?)</title>", text.split("</head>")[0], re.DOTALL)
            assert len(found) == 1, route
            assert len(re.findall(r"<h1[ >]", text)) == 1, (route, kind)
            titles[route] = found[0]
        assert [title for title, times in Counter(titles.values()).items() if times > 1] == []


def test_what_can_be_scrolled_can_be_reached_by_keyboard_and_has_a_name() -> None:
    unnamed = []
    for path in sorted(TEMPLATES.glob("*.html")):
        for tag, inside in re.findall(
            r'(<div class="(?:wide|scroll)"[^>]*>)(.*?)(?=</table>|</div>|$)', path.read_text(), re.DOTALL
        ):
            named = 'tabindex="0" role="group" aria-label' in tag
            if not named and re.search(r"<(?:a|button|input|select)\b|{{ [a-z.]*field", inside) is None:
                unnamed.append((path.name, tag))
    assert unnamed == []


# How grave, where, in which look: what each look must not show.
def _grave(page: Page, width_px: int, scheme: str, rules: Sequence[str] | None) -> list[object]:
    set_look(page, width_px, scheme)
    by_axe = [] if rules is None else found_by_axe(page, rules)
    found: list[object] = [row for row in by_axe if row[0] in SPOKEN]
    return found + [f"{too_wide(page)} px too wide"] * (too_wide(page) > 0) + too_small(page)


@needs_browser
def test_no_page_shuts_anybody_out(browser: Browser, rendered: Mapping[str, Rendered]) -> None:
    looks = (((360, "light"), (1280, "dark")), ((360, "dark"), (1280, "light")))
    bad: dict[tuple[object, ...], list[object]] = {}
    for code in ("en", "de"):  # in one test: workers would each render all pages
        with opened(browser, rendered[code], code) as page:
            for number, ((route, kind), path) in enumerate(rendered[code].paths.items()):
                turn = number % 2
                by_axe = turn == (code == "de")
                if not by_axe and code == "en":
                    continue
                page.goto(path)
                if by_axe:
                    bring_axe(page)
                for rules, (width_px, scheme) in zip(((), BY_LOOK), looks[turn], strict=True):
                    bad[code, route, kind, width_px, scheme] = _grave(page, width_px, scheme, rules if by_axe else None)
                set_look(page, 640, "light")  # a desk's window at 200 %
                bad[code, route, kind, "enlarged"] = ["too wide"] * (too_wide(page) > 0)
                page.add_style_tag(content=SPACING)
                page.set_viewport_size({"width": 360, "height": 800})
                bad[code, route, kind, "spaced"] = ["too wide"] * (too_wide(page) > 0)
    assert {where: found for where, found in bad.items() if found} == {}


_AT = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const shown = one.matches(".chips input") ? one.nextElementSibling : one;
  const x = Math.min(innerWidth - 2, Math.max(2, box.x + box.width / 2));
  const top = document.elementFromPoint(x, Math.max(2, box.y + Math.min(box.height / 2, 20)));
  const clear = !!top && (one.contains(top) || top.contains(one) || !!top.closest("label"));
  return [one.outerHTML.slice(0, 80), getComputedStyle(shown).outlineStyle !== "none" || one.matches("main"), clear];
}"""
_MOST_STOPS = 4  # a date's day, month, year and its calendar are one element


@needs_browser
def test_pages_are_walked_through_by_keyboard(browser: Browser, rendered: Mapping[str, Rendered]) -> None:
    for route in ("person", "diary", "recording"):
        _walk_through(browser, rendered, route)


def _walk_through(browser: Browser, rendered: Mapping[str, Rendered], route: str) -> None:
    kind = "measured" if route == "recording" else "person"
    with opened(browser, rendered["en"], "en") as page:
        set_look(page, 360, "light")
        page.goto(rendered["en"].paths[route, kind])
        page.keyboard.press("Tab")
        assert "skip" in page.evaluate(_AT)[0], "the first stop leads past the navigation"
        last, stops = "", 0
        for _ in range(500):
            page.keyboard.press("Tab")
            at = page.evaluate(_AT)
            if at is None or "skip" in at[0]:
                break
            where, seen, clear = at
            last, stops = where, stops + 1 if where == last else 1
            assert stops <= _MOST_STOPS, f"a trap: {where}"
            assert seen or stops > 1, f"one cannot see where one is: {where}"
            assert clear, f"what one is at lies hidden: {where}"
        assert at is None or "skip" in at[0], f"a trap: {at}"
