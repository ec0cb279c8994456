"""Whoever works answers out: a process of its own, so that neither a page nor a measurement holds it up."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from facialis.app.course.keeping import keep_error, program, today, work_out
from facialis.app.course.models import Answering, KeptAnswer
from facialis.app.jobs.queue import LEASE, MOST_ATTEMPTS
from facialis.app.jobs.worker import stay
from facialis.core.knowledge import LANGUAGES, language
from facialis.core.messages import said

__all__ = ["Answerer", "give_back", "main"]

_LOOK_S = 0.25  # chosen: how long a change waits; 0.1 - 1 s
_RENEW_S = 5.0  # chosen: well within a lease; 1 - 10 s
_ASKED = timedelta(days=2)  # chosen: of whom nobody has looked for longer the answer is made when somebody does; 1 - 30


class Answerer:
    """Works answers out as long as there are people of whom the kept one is out of date.

    Parameters
    ----------
    name
        By which its leases are known.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.leaving = threading.Event()

    def run(self) -> None:
        """Work until told to leave."""
        while not self.leaving.is_set():
            if not self.do_one():
                self.leaving.wait(_LOOK_S)

    def do_one(self) -> bool:
        """Work out one answer; False where all are current."""
        asked = self._take()
        if asked is None:
            return False
        person, began_s = asked.person, time.monotonic()
        done = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(asked, done), daemon=True)
        keeper.start()
        try:
            if asked.attempts > MOST_ATTEMPTS:
                for code in LANGUAGES:
                    with language(code):
                        keep_error(person, code, said("answer_died")["message"])
            else:
                work_out(person, asked.language)
            took_s = time.monotonic() - began_s
            Answering.objects.filter(pk=asked.pk, worker=self.name).update(attempts=0, took_s=took_s)
        finally:
            done.set()
            keeper.join()
            Answering.objects.filter(pk=asked.pk, worker=self.name).update(worker="", leased_until=None)
        return True

    def _take(self) -> Answering | None:
        now = timezone.now()
        current = KeptAnswer.objects.filter(
            person=OuterRef("person"),
            revision=OuterRef("person__revision"),
            language=OuterRef("language"),
            day=today(),
            program=program(),
        )
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        with transaction.atomic():
            asked = Answering.objects.filter(free, asked_at__gt=now - _ASKED).exclude(Exists(current))
            found = asked.select_related("person").order_by("-asked_at").first()
            if found is None:
                return None
            found.attempts = found.attempts + 1 if found.revision == found.person.revision else 1
            found.revision, found.worker, found.leased_until = found.person.revision, self.name, now + LEASE
            found.save()
        return found

    def _keep(self, asked: Answering, done: threading.Event) -> None:
        try:
            while not done.wait(_RENEW_S):
                held = Answering.objects.filter(pk=asked.pk, worker=self.name)
                held.update(leased_until=timezone.now() + LEASE)
        finally:
            connection.close()  # each thread has its own


def give_back(*, worker: str, unharmed: bool = False) -> None:
    """Let others have the answer that a worker which is gone was working out; see `facialis.app.jobs.queue`."""
    held = Answering.objects.filter(worker=worker)
    if unharmed:
        held.filter(attempts__gt=0).update(attempts=F("attempts") - 1)
    held.update(worker="", leased_until=None)


def main(name: str) -> None:
    """Work until the parent is gone or says so."""
    stay(Answerer(name))
