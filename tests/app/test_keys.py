"""Passkeys in a browser, with an authenticator that Chromium makes up; and a casebook that locks itself."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from facialis.app.place import Place
from facialis.app.serve import SCRIPT, _listening, _server
from tests.app.browser import CHROMIUM, QUIET

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(casebook: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # noqa: ARG001 - it has to be there
    """The casebook of this test, served by the server that ``facialis serve`` uses."""
    from django.core.wsgi import get_wsgi_application

    # A browser that is steered from here makes Django believe that it would block a loop.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    listener = _listening(0)
    server = _server(get_wsgi_application(), listener)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://localhost:{listener.getsockname()[1]}"
    server.pull_trigger()
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(10)
    listener.close()


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """A page of a browser with a passkey device, which must complain of nothing."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(base_url=address, locale="en-GB", viewport={"width": 360, "height": 740}).new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(address) else None)
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        yield page
        browser.close()
    assert complaints == []


def log_out(page: Page) -> None:
    page.click("text=Log out")
    expect(page.locator("h1")).to_have_text("Log in")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")
def test_a_passkey_opens_the_casebook_in_a_browser(page: Page) -> None:
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from facialis.app.accounts.models import Account, Passkey

    # Set up by a passkey alone: the codes are shown, and the first person is asked for.
    page.goto("/")
    page.fill("[name=name]", "anna")
    page.click("[data-passkey] button")
    expect(page.locator("#codes li")).to_have_count(8)
    assert page.locator("#codes code").first.inner_text().count("-") == 3
    page.click("main a.main")
    page.fill("[name=name]", "Anna")
    page.click("main button.main")
    expect(page.locator("h1")).to_have_text("Anna")
    log_out(page)
    page.click("[data-passkey] button")
    page.wait_for_url("**/people/*/")

    # The same device takes no second one; with a password a passkey can be removed.
    page.goto("/account/")
    page.click("text=Add a passkey")
    expect(page.locator("[data-passkey] [data-said]")).to_contain_text("has a passkey")
    Passkey.objects.update(name="laptop")
    page.goto("/account/password/")
    for field in ("password", "again"):
        page.fill(f"[name={field}]", "cherry boat lamp")
    page.click("main button.main")
    expect(page.locator(".said.good")).to_contain_text("new password")
    page.click("text=Remove >> nth=0")
    expect(page.locator(".said.good")).to_contain_text("removed")
    page.fill("[data-passkey] [name=name]", "phone")
    # Until the device forgets its first key it may refuse to make another: a fresh one stands in for another device.
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | {"transport": "usb"}})
    page.click("text=Add a passkey")
    expect(page.locator(".said.good")).to_contain_text("added")
    assert Passkey.objects.get().name == "phone"

    # What is grave is asked for again, and the passkey answers.
    for kept in Session.objects.all():
        session = SessionStore(kept.session_key)
        session["proved_s"] = 0.0
        session.save()
    page.click("text=Delete my account …")
    expect(page.locator("h1")).to_have_text("Is it still you?")
    page.click("[data-passkey] button")
    expect(page.locator("h1")).to_have_text("Delete your account?")

    # Nobody is there for half an hour: the page goes, and leads back to itself.
    page.clock.install()
    page.goto("/account/seen/")
    expect(page.locator("tbody tr").first).to_contain_text("passkey")
    page.clock.fast_forward("31:00")
    page.wait_for_url(re.compile(r".*/login/\?next=%2Faccount%2Fseen%2F"))
    assert not [session for session in Session.objects.all() if "_auth_user_id" in session.get_decoded()]
    assert Account.objects.get().name == "anna"
