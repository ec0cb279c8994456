"""What happens is told in one region: saved and wrong at once, a measurement at its quarters and at its end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from facialis.app.serve import SCRIPT
from tests.app.browser import CHROMIUM, QUIET
from tests.app.pages import ADDRESS

PAGE = """<!DOCTYPE html><html lang="en"><title>x</title><main>%s</main>
<p id="announced" role="status" data-done="Done."></p><script src="/casebook.js" type="module"></script></html>"""
RUNNING = '<div id="progress"><p>At 0 %</p><progress max="100" value="0"></progress></div>'
LISTEN = """() => { window.heard = [];
  new MutationObserver(() => window.heard.push(document.querySelector("#announced").textContent))
    .observe(document.querySelector("#announced"), {childList: true}); }"""
RUN = """async () => {
  for (let percent = 0; percent <= 100; percent++) {
    document.querySelector("#progress").outerHTML =
      `<div id="progress"><p>At ${percent} %</p><progress max="100" value="${percent}"></progress></div>`;
    await new Promise(requestAnimationFrame);
  } }"""


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")
def test_what_happens_is_told_once_and_not_each_per_cent() -> None:
    inside = {"text": RUNNING}

    def give(route: Route) -> None:
        if route.request.url.endswith(".js"):
            route.fulfill(content_type="text/javascript", body=SCRIPT.read_bytes())
        else:
            route.fulfill(content_type="text/html", body=PAGE % inside["text"])

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page: Page = browser.new_page()
        page.route("**/*", give)
        page.goto(f"{ADDRESS}/recordings/1/")
        said = page.get_by_role("status")
        expect(said).to_have_text("At 0 %")
        page.evaluate(LISTEN)
        page.evaluate(RUN)
        expect(said).to_have_text("At 75 %")
        assert page.evaluate("window.heard") == ["At 25 %", "At 50 %", "At 75 %"]

        inside["text"] = '<section class="answer"><p class="lead">Two twitches.</p></section>'
        page.reload()  # as the page does when the measurement has ended
        expect(said).to_have_text("Done. Two twitches.")
        page.reload()
        page.wait_for_timeout(300)
        expect(said).to_have_text("")

        page.evaluate("document.querySelector('main').innerHTML = '<p data-announce>Saved.</p>'")
        expect(said).to_have_text("Saved.")
        inside["text"] = "<div data-announce><p>The day  is\n wrong.</p></div>"
        page.reload()
        expect(said).to_have_text("The day is wrong.")
        browser.close()
