"""Fixtures: a fresh casebook, somebody who has logged in, and a recording that was measured.

Django is set up before any test of the casebook is read, as those import its tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from facialis.app.place import Place
from facialis.report.session.folder import write_session_folder
from tests.app.house import LogIn, move_in, set_up
from tests.report import factory

if TYPE_CHECKING:
    from django.test import Client

    from facialis.app.accounts.models import Account
    from facialis.app.people.models import Person

set_up()


@pytest.fixture
def casebook(tmp_path: Path) -> Iterator[Place]:
    """A fresh casebook."""
    from django.db import connection

    from facialis.app.vault.plain import memory_place

    place = move_in(tmp_path / "casebook")
    yield place
    connection.close()
    with suppress(OSError):  # there was none
        memory_place(place.root).rmdir()


@pytest.fixture
def client(casebook: Place) -> Client:  # noqa: ARG001 - it has to be there first
    """A browser in which nobody has logged in."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")


@pytest.fixture
def log_in(casebook: Place) -> LogIn:  # noqa: ARG001 - it has to be there first
    """Makes an account and a browser in which it has logged in."""
    from django.test import Client

    from facialis.app.accounts.models import Account

    def enter(name: str) -> tuple[Account, Client]:
        account = Account(name=name)
        account.set_password("cherry boat lamp")
        account.save()
        client = Client(SERVER_NAME="localhost")
        client.force_login(account)
        return account, client

    return enter


@pytest.fixture
def anna(log_in: LogIn) -> tuple[Account, Client, Person]:
    """Somebody with an account, a browser and one person."""
    from facialis.app.people.deeds import add_person

    account, client = log_in("anna")
    return account, client, add_person(account, "Anna")


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result as ``facialis analyse`` writes it; of events that were made up, without pictures."""
    folder = tmp_path_factory.mktemp("measured") / "result"
    made = factory.make(duration_s=30.0)
    return write_session_folder(replace(made.session, signals=made.motion, face=made.track), None, folder, faces=False)
