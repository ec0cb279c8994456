"""The demo's clinic: a clinician, made-up people who share with her, what is talked about, and films half rated."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from facialis.actions.made_up_people import PEOPLE, MadeUp, write_made_up_person
from facialis.app.accounts.deeds import make_clinician
from facialis.app.accounts.models import Account
from facialis.app.comments.deeds import resolve_thread, write_comment
from facialis.app.comments.subjects import Subject
from facialis.app.course.answers import kept_glances
from facialis.app.people.folders import take_in
from facialis.app.people.models import Person
from facialis.app.rating.access import turns_of
from facialis.app.rating.deeds import Stretch, finish_turn, make_set
from facialis.app.recordings.models import Recording
from facialis.app.sharing.models import SCOPE_KEYS
from facialis.app.sharing.offers import accept, make_offer

__all__ = ["CLINICIAN", "make_clinic"]

CLINICIAN = "Dr Lindner"
_SHARED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"operated": ("recordings", "course", "questionnaires"), "resolving": ("recordings", "course")}
)
"""What somebody shares who does not share all."""

_SCALE = "tunc"
_PARTS = ("forehead", "eye", "cheek", "mouth", "neck")
_SEEN: Mapping[float, tuple[int, ...]] = MappingProxyType(
    {0.0: (0, 2, 1, 1, 0), 5.0: (1, 3, 2, 2, 0), 10.0: (0, 3, 3, 2, 0)}
    | {15.0: (0, 1, 1, 1, 0), 20.0: (0, 0, 0, 0, 0), 25.0: (0, 1, 0, 0, 0)}
)
"""What the clinician says of each five seconds of the demo's film, by where they begin in seconds."""
_STRETCH_S = 5.0
_TOOK_S = 21.0


def make_clinic(mara: Person, work: Path, last: date) -> None:
    """Make the clinician and everybody who shares with her.

    The answers about them are asked for and not waited for: whoever works answers out does so once the door is open.

    Parameters
    ----------
    mara
        The demo's own person, who shares as well.
    work
        A folder for what is taken in.
    last
        The last day of each year that is told.
    """
    owner = mara.owner
    assert isinstance(owner, Account)
    clinician = make_clinician(CLINICIAN, secrets.token_urlsafe(24))  # nobody types it
    people = [_sharing(who, clinician, work, last) for who in PEOPLE]
    accept(clinician, make_offer(owner, mara, SCOPE_KEYS, None)[0])
    film = mara.recordings.filter(measured=True).first()
    _talk_of_articles(owner, clinician)
    if film is not None:
        _talk_of_film(owner, clinician, film)
        _rate_half(clinician, film)
    kept_glances(people)


def _sharing(who: MadeUp, clinician: Account, work: Path, last: date) -> Person:
    """Somebody with an account of their own that nobody opens, who shares."""
    account = Account(name=who.name.split()[0])
    account.set_unusable_password()
    account.save()
    person = take_in(account, write_made_up_person(who, work / who.key, last), name=who.name)
    accept(clinician, make_offer(account, person, _SHARED.get(who.key, SCOPE_KEYS), None)[0])
    return person


def _talk_of_articles(owner: Account, clinician: Account) -> None:
    asked = Subject(article="toxin")
    first = write_comment(
        owner, asked, f"Both times it held for about twelve weeks with me. @{clinician.name}, is that short?"
    )
    write_comment(
        clinician,
        asked,
        f"@{owner.name} It is close to the middle of the studies that stand here. Your own dates say more than an "
        "average: keep noting the day on which you feel it fade.",
        first,
    )


def _talk_of_film(owner: Account, clinician: Account, film: Recording) -> None:
    subject = Subject(recording=film)
    smile = write_comment(owner, subject, "Is this one a spasm, at #t=16.5? I was smiling.")
    write_comment(
        clinician,
        subject,
        "That is the smile: both sides move. The twitch is in the middle of it, on the left, at #t=17.1.",
        smile,
    )
    write_comment(owner, subject, "Now I see it, thank you.", smile)
    resolve_thread(owner, smile)
    write_comment(
        clinician,
        subject,
        f"@{owner.name} Look at #t=9.4 slowly: the eye closes while the brow of the same side goes up. Hardly anybody "
        "can do that at will.",
    )
    write_comment(
        owner, subject, f"@{clinician.name} The eye stays shut from #t=12.8 on. Does one that long count as one twitch?"
    )


def _rate_half(clinician: Account, film: Recording) -> None:
    """A set of the film's parts, of which the clinician has rated the first half."""
    parts = [Stretch(film, start_s, start_s + _STRETCH_S) for start_s in _SEEN]
    made = make_set(clinician, "Mara's film in six parts", _SCALE, parts, [clinician], 0.2)
    turns = list(turns_of(made.raters.get()))
    for turn in turns[: len(turns) // 2]:
        seen = _SEEN[turn.start_s or 0.0]
        answers: dict[str, object] = {"side": "left" if any(seen) else "none"}
        finish_turn(clinician, turn, answers | dict(zip(_PARTS, seen, strict=True)), [], _TOOK_S)
