"""Practice before a blind rating: films whose truth is known, offered and never forced, and of no effect on results."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from facialis.app.accounts.models import Account
from facialis.app.jobs.progress import write_progress
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.practice.painting import (
    MOST_TRIES,
    ask_again,
    ask_for_films,
    film_of,
    films,
    given_up,
    paint_one,
    ready,
    truth_of,
)
from facialis.app.practice.truths import caught, follows, truth_shown
from facialis.app.rating.deeds import close_set, practise
from facialis.app.rating.given import ratings_in
from facialis.app.rating.models import Rater, Turn
from facialis.core.knowledge import language
from facialis.core.rating.scales import scales
from facialis.core.records import SPASM_KINDS
from facialis.phantom.acts import Blink, expand
from facialis.phantom.anchors import anchors
from facialis.phantom.contractions import Contraction
from facialis.phantom.truth import truth
from tests.app.house import LogIn
from tests.app.practising import painted
from tests.app.test_rating import asked, recorded

Anna = tuple[Account, Client, Person]


def test_the_truth_of_each_film_is_what_its_definition_says() -> None:
    counts, sides = [], set()
    for anchor in films():
        events = truth(anchor.spec)
        wanted = [one for one in expand(anchor.spec.acts) if isinstance(one, Contraction)]
        told = [one for one in events if one.trial_type in SPASM_KINDS]
        assert [(one.onset_s, one.side, one.regions) for one in told] == [(w.onset_s, w.side, w.names) for w in wanted]
        for event, act in zip(told, wanted, strict=True):
            assert act.amplitude_iod is None or event.amplitude_iod == pytest.approx(act.amplitude_iod, rel=1e-3)
        assert 8 <= anchor.spec.duration_s <= 12
        assert all(one.offset_s < anchor.spec.duration_s for one in events)
        begun = [one.onset_s for one in told]
        assert all(later - earlier > 0.9 for earlier, later in pairwise(begun)), "told apart by hand"
        assert any(isinstance(act, Blink) for act in anchor.spec.acts), "nobody is without blinks"
        counts.append(len(told))
        sides |= {one.side for one in told}
    assert sorted(counts)[:2] == [0, 3], "one of them has nothing, and that is not the first"
    assert counts[0] > 0
    assert sides == {"left", "right"}
    largest = {
        a.key: max((e.amplitude_iod for e in truth(a.spec) if e.trial_type in SPASM_KINDS), default=0) for a in films()
    }
    assert largest["nothing"] < largest["slight"] < largest["moderate"] < largest["severe"]


def test_a_tap_belongs_to_the_twitch_before_it() -> None:
    found = caught([1.0, 3.0, 5.0], [1.4, 3.7, 4.4, 8.0])
    assert (found.hits, found.misses, found.false) == (2, 1, 2)
    assert found.delay_s == pytest.approx(0.55)
    assert caught([], [2.0]).false == 1
    assert caught([1.0], []).delay_s is None


@pytest.mark.parametrize(
    ("film", "scale", "part", "answer", "exact"),
    [
        ("nothing", "tunc", "eye", 0.0, True),
        ("slight", "tunc", "eye", "judged", True),
        ("slight", "tunc", "forehead", 0.0, True),
        ("slight", "tunc", "cheek", "judged", True),  # the cheek goes along with the eye
        ("severe", "tunc", "neck", 0.0, True),
        ("nothing", "smc", "grade", None, True),
        ("slight", "smc", "grade", 1.0, True),
        ("severe", "smc", "grade", 2.0, False),
        ("nothing", "jrs", "severity", 0.0, True),
        ("severe", "jrs", "severity", "judged", True),
        ("moderate", "jrs", "frequency", 2.0, True),
        ("severe", "jrs", "frequency", 3.0, True),
        ("severe", "housebrackmann", "grade", 1.0, True),
    ],
)
def test_of_a_grade_only_what_its_words_say_follows(
    film: str, scale: str, part: str, answer: float | str | None, exact: bool
) -> None:
    anchor = anchors()[film]
    found = follows(scales()[scale], scales()[scale].parts[part], truth(anchor.spec), anchor.spec.duration_s)
    assert ("judged" if found is None else found.answer) == answer
    assert found is None or found.exact == exact


def test_the_worker_paints_them_once_when_they_are_offered(casebook: Place, anna: Anna) -> None:
    account, client, person = anna
    tiny = anchors()["slight"]
    spec = replace(
        tiny.spec, duration_s=0.4, frame_rate_hz=10, camera=replace(tiny.spec.camera, width_px=64, height_px=64)
    )
    one = replace(
        tiny, spec=replace(spec, acts=(Contraction(onset_s=0.1, duration_s=0.2, side="left", amplitude_share=0.5),))
    )
    assert not paint_one(lambda: False, [one]), "nobody was offered it"
    rater = asked(account, recorded(person)).raters.get()
    page = client.get(reverse("rating", args=[rater.token])).content.decode()
    assert "Practise first" in page
    assert "It counts nowhere" in page
    waits = client.get(reverse("practice", args=[rater.token])).content.decode()
    assert "as soon as the computer has time" in waits
    assert client.get(reverse("practice_film", args=[rater.token, 1])).status_code == 302
    assert client.get(reverse("practice_play", args=[rater.token, 1])).status_code == 404
    assert paint_one(lambda: True, [one]), "what is more urgent is done first"
    assert not ready(one)
    assert list(casebook.practice.iterdir()) == [casebook.practice / "asked"], "nothing half-written"
    assert paint_one(lambda: False, [one])
    assert not paint_one(lambda: False, [one])
    assert [(event.onset_s, event.side) for event in truth_of(one)] == [(0.1, "left")]
    assert film_of(one).read_bytes()[4:8] == b"ftyp"


def test_what_cannot_be_painted_is_given_up_and_can_be_asked_for_again(casebook: Place, anna: Anna) -> None:
    account, client, person = anna
    rater = asked(account, recorded(person)).raters.get()
    ask_for_films()
    (casebook.practice / "asked").write_text(str(MOST_TRIES))  # as many painters have died
    assert given_up()
    assert not paint_one(lambda: False)
    assert "could not be made" in client.get(reverse("practice", args=[rater.token])).content.decode()
    assert client.get(reverse("practice_progress", args=[rater.token])).headers["HX-Refresh"] == "true"
    assert client.post(reverse("practice", args=[rater.token])).status_code == 302
    assert not given_up()
    ask_again()
    going = reverse("practice_progress", args=[rater.token])
    assert "HX-Refresh" not in client.get(going).headers
    write_progress("practice", "painting", 0.25, time.monotonic() - 10)
    assert "25 %. About 30 s left" in client.get(going).content.decode()


def test_the_first_film_can_be_answered_while_others_are_painted(casebook: Place, anna: Anna, tmp_path: Path) -> None:
    account, client, person = anna
    painted(casebook, tmp_path)
    for anchor in films()[1:]:
        film_of(anchor).unlink()
    rater = asked(account, recorded(person)).raters.get()
    page = client.get(reverse("practice", args=[rater.token])).content.decode()
    assert "being made" in page
    assert "data-next" in page
    progress = reverse("practice_progress", args=[rater.token])
    assert "?painted=1" in page
    assert "HX-Refresh" not in client.get(progress, {"painted": "1"}).headers
    assert client.get(progress, {"painted": "0"}).headers["HX-Refresh"] == "true"
    assert client.get(reverse("practice_film", args=[rater.token, 1])).status_code == 200
    assert client.get(reverse("practice_film", args=[rater.token, 2])).status_code == 302


def test_practice_is_compared_and_never_a_rating(casebook: Place, anna: Anna, log_in: LogIn, tmp_path: Path) -> None:
    account, client, person = anna
    painted(casebook, tmp_path)
    made = asked(account, recorded(person), scale="tapping")
    rater = made.raters.get()
    first = reverse("practice_film", args=[rater.token, 1])
    assert client.get(reverse("practice_truth", args=[rater.token, 1])).status_code == 302, "not before it is answered"
    answer = client.post(first, {"tap": ["2.0"]})
    assert answer.status_code == 422
    assert 'value="2.000"' in answer.content.decode()
    told = {"tap": ["2.0", "3.3", "4.4", "6.5"], "part-count": "4"}
    assert client.post(first, told).status_code == 302
    page = client.get(reverse("practice_truth", args=[rater.token, 1])).content.decode()
    for words in (
        "5 twitches",
        "right side",
        "caught 3 of 5 and missed 2",
        "nothing twitched: 1",
        "0.4 s after",
        "put in: 5",
    ):
        assert words in page
    client.post("/language/", {"language": "de"})
    german = client.get(reverse("practice_truth", args=[rater.token, 1])).content.decode()
    assert "3 von 5 erfasst" in german
    assert not re.search(r"app_practice|twitch(es)? ", re.sub(r"<[^>]*>", "", german))
    client.post("/language/", {"language": "en"})
    assert b"".join(client.get(reverse("practice_play", args=[rater.token, 1])))[4:8] == b"ftyp"
    assert client.get(reverse("practice_film", args=[rater.token, 9])).status_code == 404
    assert client.post(first, told | {"part-count": "5"}).status_code == 302, "as often as one likes"
    assert set(Rater.objects.get(pk=rater.pk).practised) == {"moderate"}
    shown = client.get(reverse("rating_set", args=[made.pk])).content.decode()
    assert "practised:" in shown

    bert, other = log_in("bert")
    for name, args in (
        ("practice", [rater.token]),
        ("practice_truth", [rater.token, 1]),
        ("practice_play", [rater.token, 1]),
    ):
        assert other.get(reverse(name, args=args)).status_code == 404
    with pytest.raises(PermissionDenied):
        practise(bert, rater, "moderate", {}, [])

    assert not Turn.objects.exclude(done_at=None).exists()
    close_set(account, made)
    assert ratings_in(made) == []
    assert "Nothing was rated" in client.get(reverse("rating_results", args=[made.pk])).content.decode()


def test_a_judgement_is_called_one_in_both_languages() -> None:
    for code, judged, least in (("en", "a judgement", "at least 2"), ("de", "ein Urteil", "mindestens 2")):
        with language(code):
            severe = anchors()["severe"]
            events = truth(severe.spec)
            tunc = truth_shown(severe, events, scales()["tunc"], {"side": "right", "eye": 4.0, "neck": 1.0}, [])
            by = {one.state for one in tunc.verdicts}
            assert by == {"other", "judged", "follows"}
            assert judged in next(one.says for one in tunc.verdicts if one.state == "judged")
            smc = truth_shown(severe, events, scales()["smc"], {"grade": 3.0}, [])
            assert least in smc.verdicts[0].says
            assert len(tunc.taps) == 1, "who did not tap missed nothing"
