"""All pages of a casebook that holds everything, as a browser is given them: no server, and nothing but what is asked.

Pages are rendered first and shown then, so that each look at them costs little. A route that is in neither table fails
`tests.app.test_accessibility`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from facialis.actions.made_up import write_made_up
from facialis.app.place import Place

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page, Route

    from facialis.app.accounts.models import Account
    from facialis.app.people.models import Person
    from facialis.app.recordings.models import Recording

__all__ = ["ADDRESS", "AXE", "NO_PAGES", "PAGES", "Rendered", "furnish", "opened", "render"]

ADDRESS = "http://localhost:8321"
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

# Each page: its route, and of what it is shown. ``empty`` is somebody of whom nothing is known yet.
PAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "first_run": ("fresh",),
        "login": ("nobody",),
        "recover": ("nobody",),
        "welcome": ("invited",),
        "confirm": ("account",),
        "my_account": ("account",),
        "change_password": ("account",),
        "authenticator": ("account",),
        "recovery_codes": ("account",),
        "seen": ("account",),
        "programs": ("account",),
        "new_token": ("account",),
        "delete_account": ("account",),
        "accounts": ("account",),
        "remove_account": ("other",),
        "backup": ("account",),
        "bin": ("account",),
        "home": ("account",),
        "add_person": ("account",),
        "person": ("person", "empty"),
        "delete_person": ("person",),
        "film_now": ("person",),
        "add_recording": ("person",),
        "phone": ("person",),
        "diary": ("person", "empty"),
        "recordings": ("person", "empty"),
        "side_by_side": ("person", "empty"),
        "treatments": ("person", "empty"),
        "treatment": ("row",),
        "questionnaires": ("person",),
        "questionnaire": ("questionnaire",),
        "experiment": ("person", "empty"),
        "history": ("person",),
        "guide": ("person", "empty"),
        "help": ("person",),
        "glossary": ("person",),
        "library": ("person",),
        "article": ("article",),
        "open_library": ("nobody",),
        "open_article": ("text",),
        "recording_comments": ("measured",),
        "my_comments": ("account",),
        "course": ("person", "empty"),
        "recording": ("measured", "running", "failed"),
        "how_filmed": ("measured",),
        "exclude": ("measured",),
        "add_event": ("measured",),
        "delete_recording": ("measured",),
        "sharing": ("person",),
        "new_share": ("person",),
        "change_share": ("share",),
        "offered": ("offer",),
        "shared_with_me": ("account",),
        "shared_person": ("theirs", "came"),
        "rating_sets": ("account",),
        "new_rating_set": ("account",),
        "rating_set": ("rating_set",),
        "rating_results": ("rated",),
        "rating": ("rater",),
        "rate": ("turn", "tapped"),
        "practice": ("rater",),
        "practice_film": ("practice",),
        "practice_truth": ("practice", "practice_tapped"),
        "enter_treatment": ("theirs",),
        "send_bundle": ("person",),
        "receive": ("account",),
        "arrived": ("arrival",),
        "send_answer": ("received",),
    }
)
NO_PAGES = {
    "as the login, and seen only on the way through it": ("second_step",),
    "a file": (
        "drawings_css",
        *("api_openapi", "api_people", "api_person", "api_answer", "api_guidance", "api_treatments", "api_history"),
        *("api_diary", "api_questionnaires", "api_recordings", "api_recording", "api_session", "api_events"),
        "authenticator_code",
        "phone_code",
        "visit_pdf",
        "clinician_pdf",
        "folder_zip",
        "film_day_ics",
        "film",
        "result_file",
        "copy",
        "clip",
        "loop",
        "times",
        "signals",
        "rate_film",
        "practice_play",
        "ratings_tsv",
        "agreement_json",
    ),
    "a part of a page": (
        "answer",
        "up_to_date",
        "note_day",
        "progress",
        "practice_progress",
        "copy_progress",
        "backup_progress",
        "phone_state",
        "look",
        "uploads",
        "upload",
        "arrivals",
        "arrival",
        "told",
        "still_here",
    ),
    "an answer to a script": ("ask_passkey", "make_passkey", "add_passkey", "camera", "loops"),
    "an answer to a form, which leads to a page": (
        *(
            "revoke_token",
            "settings",
            "name_passkey",
            "remove_passkey",
            "remove_authenticator",
            "end_session",
            "add_account",
        ),
        *(
            "invite_again",
            "phone_revoke",
            "end_upload",
            "drop_upload",
            "swap",
            "put_back_said",
            "logout",
            "language",
            "add_column",
        ),
        *(
            "put_row_back",
            "film_day",
            "answer_question",
            "delete_row",
            "stop_job",
            "begin_again",
            "judge",
            "undo",
            "redo",
            "include",
        ),
        *("delete_row", "stop_job", "begin_again", "judge", "undo", "redo", "include"),
        *(
            "move_event",
            "judge_miss",
            "make_copy",
            "note_experiment",
            "questionnaires_later",
            "put_experiment_aside",
            "take_experiment_up",
        ),
    ),
    "an answer to a form about the bin, backups or the inbox": (
        *("backup_now", "out_of_bin", "empty_bin", "forget_refused"),
    ),
    "an answer to a form about sharing, or a file, or a part of a page": (
        *("stop_share", "leave_share", "revoke_offer", "issue_sheet", "issued_file", "still_shared"),
        "delete_received",
    ),
    "an answer to a form about comments": (
        *("read_comments", "read_comment", "edit_comment", "delete_comment", "put_comment_back", "hide_comment"),
        *("resolve_comment", "reopen_comment", "report_comment", "dismiss_reports"),
    ),
    "an answer to a form about blind rating": ("close_rating_set", "delete_rating_set", "finish_rating"),
    "leads to a page": ("demo_door", "demo_sides"),
}
_STATIC = Path(__file__).parents[2] / "src" / "facialis" / "app" / "static"


def furnish(place: Place, results: Path, work: Path) -> Mapping[str, tuple[object, ...]]:
    """Fill a fresh casebook by its deeds; returns what each kind of page is shown of.

    Parameters
    ----------
    place
        The casebook, which Django speaks to.
    results
        A recording's results.
    work
        A folder for what is taken in.
    """
    from facialis.app.accounts.deeds import add_account, make_first_account
    from facialis.app.accounts.models import Account
    from facialis.app.course.keeping import work_out
    from facialis.app.jobs.models import Job
    from facialis.app.people.deeds import add_person
    from facialis.app.people.folders import take_in
    from facialis.app.people.models import Row
    from facialis.app.recordings.models import Recording
    from facialis.app.watching.models import Viewing

    account = make_first_account("demo", "cherry boat lamp")
    place.demo.write_text("key 0", encoding="ascii")
    last = date.today()  # noqa: DTZ011 - a person's own calendar day
    folder = write_made_up(work / "Mara", last)
    shutil.copytree(results, folder / "sessions" / f"{last - timedelta(days=9)}-noon")
    shutil.copytree(results, folder / "sessions" / f"{last - timedelta(days=40)}-noon")
    person, empty = take_in(account, folder), add_person(account, "Annegret-Wilhelmine Oberhuber-Schmidtbauer")
    for one in (person, empty):
        work_out(one, "en")
    shown: dict[str, tuple[object, ...]] = {"account": (), "person": (person.pk,), "empty": (empty.pk,)}
    shown["invited"] = (add_account(account, "Otto"),)
    shown["other"] = (Account.objects.get(name="Otto").pk,)
    shown["row"] = (Row.objects.filter(sheet__person=person, sheet__file="treatments.csv").latest("place").pk,)
    measured = person.recordings.get(day=last - timedelta(days=9))
    missed = {"onset_s": 11.0, "offset_s": 11.2, "side": "left", "regions": ["zygomaticus"]}
    missed |= {"amplitude_iod": 0.01, "probability": 0.3}
    Viewing.objects.create(owner=account, recording=measured, state=Viewing.State.FILM, misses=[missed])
    shown["measured"] = (measured.pk,)
    for name, state in (("running", Job.State.RUNNING), ("failed", Job.State.FAILED)):
        made = Recording.objects.create(owner=account, person=person, day=last, name=name, shown_name=f"{name}.mp4")
        Job.objects.create(
            owner=account,
            recording=made,
            state=state,
            error_message="There is no face in it.",
            error_advice="Try again.",
        )
        shown[name] = (made.pk,)
    shown |= _share(account, person)
    _talk(account, measured)
    shown["text"] = ("what_it_is",)
    shown |= _rated(account, person)
    from tests.app.practising import painted

    painted(place, work)
    return shown | {"article": (person.pk, "what_it_is"), "questionnaire": (person.pk, "phq9")}


def _share(account: Account, person: Person) -> dict[str, tuple[object, ...]]:
    """Somebody sees the person, an invitation is open, and somebody else shares with the account."""
    from facialis.app.accounts.models import Account
    from facialis.app.course.keeping import work_out
    from facialis.app.people.deeds import add_person
    from facialis.app.sharing.issuing import issue
    from facialis.app.sharing.models import SCOPE_KEYS
    from facialis.app.sharing.offers import accept, make_offer

    carla = Account.objects.create(name="Dr Carla", clinician=True)
    share = accept(carla, make_offer(account, person, ["recordings", "course"], 180)[0])
    issue(carla, person, "sheet", b"%PDF-1.7")
    theirs = add_person(carla, "Otto Brandt")
    accept(account, make_offer(carla, theirs, SCOPE_KEYS, None)[0])
    work_out(theirs, "en")
    issue(account, theirs, "sheet", b"%PDF-1.7")
    _, secret = make_offer(carla, theirs, ["course", "diary"], 30)
    make_offer(account, person, ["course"], 30)
    return {"share": (share.pk,), "offer": (secret,), "theirs": (theirs.pk,), **_bundled(account, carla, person)}


def _bundled(account: Account, carla: Account, person: Person) -> dict[str, tuple[object, ...]]:
    """Something was sent, somebody came from another computer, and a later bundle of theirs waits for a yes."""
    from facialis.app.bundle.addresses import address_of
    from facialis.app.bundle.arriving import look, take_whole
    from facialis.app.bundle.sending import send
    from facialis.app.bundle.taking import accept
    from facialis.app.course.keeping import work_out
    from facialis.app.people.deeds import add_person

    told: dict[str, Any] = {"films": False, "lasts_days": 180, "sender": "Edith Sommer", "whom": "Dr Demo"}
    recipient = address_of(account).recipient
    edith = add_person(carla, "Edith Sommer")
    send(account, person, address_of(carla).recipient, ["course"], **{**told, "whom": "Dr Carla"}).close()
    with send(carla, edith, recipient, ["recordings", "course"], **told) as file:
        bundle = file.read()
    first, arrival = (take_whole(account, len(bundle), [bundle]) for _ in range(2))
    look(account, first)
    came = accept(account, first)
    look(account, arrival)
    edith.delete()
    work_out(came, "en")
    return {"came": (came.pk,), "received": (came.received.pk,), "arrival": (arrival.token,)}


def _talk(account: Account, recording: Recording) -> None:
    """Comments of every look: unread, with an answer, settled, removed, reported."""
    from facialis.app.accounts.models import Account
    from facialis.app.comments import deeds
    from facialis.app.comments.subjects import Subject

    other = Account.objects.get(name="Dr Carla")
    for subject in (Subject(article="what_it_is"), Subject(recording=recording)):
        first = deeds.write_comment(other, subject, "@demo at #t=1.5 the lid moves first.\nIs that always so?")
        deeds.write_comment(account, subject, "Mostly, see #t=12.345.", first)
        settled = deeds.write_comment(account, subject, "Filmed in the kitchen")
        deeds.resolve_thread(account, settled)
        deeds.hide_comment(account, deeds.write_comment(other, subject, "Something rude"))
        deeds.write_comment(other, subject, f"@demo {'far too long to stand in one line ' * 6}")


def _rated(account: Account, person: Person) -> dict[str, tuple[object, ...]]:
    """Sets of stretches of a recording, which the account rates; one by tapping along."""
    from facialis.app.accounts.models import Account
    from facialis.app.rating.deeds import Stretch, close_set, make_set, practise
    from facialis.app.rating.models import Film, Turn
    from facialis.app.recordings.models import Recording

    day = date.today()  # noqa: DTZ011 - a person's own calendar day
    recording = Recording.objects.create(owner=account, person=person, day=day, name="rated", container="mov")
    shown: dict[str, tuple[object, ...]] = {}
    parts = [Stretch(recording, start_s, start_s + 5.0) for start_s in (0.0, 5.0, 10.0)]
    for scale, kind in (("tunc", "turn"), ("tapping", "tapped")):
        made = make_set(account, f"by {scale}", scale, parts, [account], 0.2)
        shown[kind] = (Turn.objects.filter(rater__rating_set=made)[0].token,)
        rater = made.raters.get()
        shown |= {"rating_set": (made.pk,), "rater": (rater.token,)}
        answers = {"count": 4.0} if scale == "tapping" else dict.fromkeys(("forehead", "eye", "cheek"), 2.0)
        practise(account, rater, "moderate", {"side": "left", **answers}, [2.0, 3.3, 4.4, 6.5])
        shown["practice_tapped" if scale == "tapping" else "practice"] = (rater.token, 1)
    Film.objects.update(ready=True)
    carla = Account.objects.get(name="Dr Carla")
    made = make_set(account, "closed", "tapping", parts, [account, carla], 0.2)
    for turn in Turn.objects.filter(rater__rating_set=made):
        turn.answers, turn.taps_s, turn.took_s = (
            {"count": float(turn.number)},
            [0.5 * n for n in range(turn.number)],
            9.0,
        )
        turn.finish()
        turn.save()
    close_set(account, made)
    return shown | {"rated": (made.pk,)}


@dataclass(frozen=True)
class Rendered:
    """What a browser is given: by path, the type and the content. ``paths``: of each page, by its route and kind."""

    answers: Mapping[str, tuple[str, bytes]]
    paths: Mapping[tuple[str, str], str]


def render(
    client: Client, shown: Mapping[str, tuple[object, ...]], code: str, routes: Iterable[str] = PAGES
) -> Rendered:
    """All pages of those kinds, in a language; of those ``routes`` alone."""
    from django.urls import reverse

    answers: dict[str, tuple[str, bytes]] = {}
    paths: dict[tuple[str, str], str] = {}
    client.post("/language/", {"language": code})
    for route in routes:
        for kind in PAGES[route]:
            if kind not in shown:
                continue
            path = reverse(route, args=[*shown[kind]])
            answer = client.get(path)
            if answer.status_code == 405:  # a page that only says what is wrong with a form
                answer = client.post(path)
            assert answer.status_code in (200, 422), (route, kind, answer.status_code)
            answers[path], paths[route, kind] = (answer.headers["Content-Type"], answer.content), path
            if (route, kind) == ("recording", "measured") or route == "side_by_side":
                for wanted in re.findall(r'data-(?:times|signals)="([^"]+)"', answer.content.decode()):
                    given = client.get(wanted)
                    answers[wanted] = (given.headers["Content-Type"], given.content)
    answers["/drawings.css"] = ("text/css", client.get("/drawings.css").content)
    types = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    for file in _STATIC.rglob("*"):
        if file.suffix in types:
            answers[f"/static/{file.relative_to(_STATIC).as_posix()}"] = (types[file.suffix], file.read_bytes())
    return Rendered(answers, paths)


@contextmanager
def opened(browser: Browser, rendered: Rendered, code: str) -> Iterator[Page]:
    """A browser's page that is given what was rendered, and nothing else; its rules do not hold for the checker."""
    context = browser.new_context(base_url=ADDRESS, locale=code, bypass_csp=True, reduced_motion="reduce")

    def give(route: Route) -> None:
        found = rendered.answers.get(route.request.url.removeprefix(ADDRESS).split("?")[0])
        if found is None:
            route.fulfill(status=404, body="")
        else:
            route.fulfill(status=200, content_type=found[0], body=found[1])

    context.route("**/*", give)
    try:
        yield context.new_page()
    finally:
        context.close()
