"""The page of a recording is short: a sentence, a number, a thing to do, then the film; all else is folded away."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import keep_result

Anna = tuple[Account, Client, Person]


@pytest.fixture
def recording(anna: Anna, session_folder: Path) -> Recording:
    """One that was measured, with a film."""
    account, _, person = anna
    made = Recording.objects.create(
        owner=account, person=person, day=date(2026, 5, 1), name="x", container="mov", measured=True
    )
    keep_result(made, session_folder)
    return made


def page_of(anna: Anna, recording: Recording) -> tuple[str, str]:
    """What stands before the film, and what comes with it and after it."""
    page = anna[1].get(f"/recordings/{recording.pk}/").content.decode()
    before, film, after = page.partition("<video")
    return before[before.index("<h1") :], film + after


def test_three_paragraphs_stand_before_the_film(anna: Anna, recording: Recording) -> None:
    before, after = page_of(anna, recording)
    assert re.findall(r'<p class="(\w+)"', before) == ["lead", "number", "do"]
    assert "<strong>" in before
    assert before.count("<p") == 3
    assert re.search(
        r'<details class="rest" id="rest">.*A twitch of the lower eyelid would have been seen', after, re.S
    )


def test_what_to_do_is_to_mend_the_film_or_to_look_through_it(anna: Anna, recording: Recording) -> None:
    before, _ = page_of(anna, recording)
    left = re.search(r'href="#review">Look through what was found: (\d+) to go', before)
    assert left is not None
    client, where = anna[1], f"/recordings/{recording.pk}/"
    keys = re.findall(r'name="accept" value="([^"]+)"', client.get(where).content.decode())
    for key in keys:
        client.post(f"{where}review/judge/", {"accept": key})
    assert 'class="do"' not in page_of(anna, recording)[0]


def test_a_mirrored_film_is_turned_back_and_says_so(anna: Anna, recording: Recording) -> None:
    assert "turned" not in page_of(anna, recording)[1]
    Recording.objects.filter(pk=recording.pk).update(mirrored=True)
    _, after = page_of(anna, recording)
    assert 'class="turned"' in after
    assert "shown turned back" in after
