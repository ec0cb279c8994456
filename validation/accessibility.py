"""All pages of the casebook in all looks, by axe and by what a phone and an enlarged page need.

``python -m validation.accessibility`` prints what was found; ends with 1 if anything of it is serious or critical.
Needs Chromium and ``frontend/node_modules``. About five minutes.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from facialis.report.session.folder import write_session_folder
from tests.app.browser import CHROMIUM, QUIET
from tests.app.house import move_in, set_up
from tests.app.looks import SPACING, SPOKEN, bring_axe, found_by_axe, set_look, too_small, too_wide
from tests.app.pages import Rendered, furnish, opened, render
from tests.report import factory

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["main"]

_WIDTHS_PX = (320, 360, 640, 1280, 1600)  # 320 and 640: a desk's window of 1280 px at 400 and at 200 %


def main() -> int:
    """Look at everything; see the module."""
    from playwright.sync_api import sync_playwright

    set_up()
    with tempfile.TemporaryDirectory() as folder:
        rendered = {code: _rendered(Path(folder) / code, code) for code in ("en", "de")}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            found: Counter[tuple[str, str, str]] = Counter()
            for code, pages in rendered.items():
                found += _looked_through(browser, pages, code)
            browser.close()
    for (grave, rule, where), times in sorted(found.items()):
        print(f"{grave:9} {times:4}  {rule:28} {where}")
    bad = sum(times for (grave, _, _), times in found.items() if grave in SPOKEN)
    looks = len(_WIDTHS_PX) * 2 * sum(len(pages.paths) for pages in rendered.values())
    print(f"{looks} looks at pages: {bad} serious or critical, {found.total() - bad} lesser ones.")
    return 1 if bad else 0


def _rendered(root: Path, code: str) -> Rendered:
    from django.test import Client

    made = factory.make(duration_s=30.0)
    session = replace(made.session, signals=made.motion, face=made.track)
    place = move_in(root)
    client = Client(SERVER_NAME="localhost")
    fresh = render(client, {"fresh": ()}, code)
    shown = furnish(place, write_session_folder(session, None, root / "made", faces=False), root)
    outside = render(client, {"nobody": (), "invited": shown["invited"]}, code)
    client.get(place.door)
    inside = render(client, {k: v for k, v in shown.items() if k != "invited"}, code)
    pages = (fresh, outside, inside)
    return Rendered(
        {k: v for one in pages for k, v in one.answers.items()}, {k: v for one in pages for k, v in one.paths.items()}
    )


def _looked_through(browser: Browser, rendered: Rendered, code: str) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    with opened(browser, rendered, code) as page:
        for (route, kind), path in rendered.paths.items():
            page.goto(path)
            bring_axe(page)
            for width_px, scheme in itertools.product(_WIDTHS_PX, ("light", "dark")):
                set_look(page, width_px, scheme)
                where = f"{route}/{kind}"
                for grave, rule, target, _ in found_by_axe(page):
                    found[grave, rule, f"{where} {target}"] += 1
                if too_wide(page) > 0:
                    found["serious", "too wide", f"{where} {width_px} {code}"] += 1
                for what in too_small(page):
                    found["minor", "smaller than 44 px", f"{where} {what}"] += 1
            page.add_style_tag(content=SPACING)
            for width_px in (360, 1280):
                set_look(page, width_px, "light")
                if too_wide(page) > 0:
                    found["serious", "too wide when spaced", f"{where} {width_px} {code}"] += 1
    return found


if __name__ == "__main__":
    sys.exit(main())
