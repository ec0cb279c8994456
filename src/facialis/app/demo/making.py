"""The demo's casebook is made, and thrown away: never a folder that is not the demo's."""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import date, timedelta
from pathlib import Path

from facialis.actions.made_up import FILMED_DAYS_AGO, write_made_up
from facialis.app.place import Place
from facialis.app.start import prepare
from facialis.core.errors import OutputError
from facialis.core.messages import reason, said
from facialis.core.temporary import temporary_folder
from facialis.core.version import __version__

__all__ = ["is_whole", "make_casebook", "throw_away"]

_ACCOUNT = "Mara"
_NAME = "Mara (made up)"


def is_whole(place: Place) -> bool:
    """Whether the demo's casebook is there, made by this facialis to the end."""
    return place.demo.is_file() and place.demo.read_text(encoding="ascii").split()[1:] == [__version__]


def make_casebook(place: Place, results: Path, film: Path) -> None:
    """Make the demo's casebook, in the place of an earlier one.

    Her year ends today: a casebook of last year would only say that there is nothing new.

    Parameters
    ----------
    place
        Its folder, the demo's own.
    results
        The demo's recording as it was measured.
    film
        Its film.

    Raises
    ------
    OutputError
        The folder holds something else, is being served, or cannot be written.
    """
    throw_away(place)
    place.make()
    key = secrets.token_urlsafe(24)
    with place.held():
        _write(place.demo, key)  # before Django: a demo has cookies of its own names
        prepare(place)
        from facialis.app.accounts.deeds import make_first_account
        from facialis.app.course.keeping import work_out
        from facialis.app.demo.clinic import make_clinic
        from facialis.app.people.folders import take_in

        with temporary_folder(place.temporary) as folder:
            last = date.today()  # noqa: DTZ011 - a calendar day, as a person's own are
            _lay_out(folder / _ACCOUNT, results, film, last)
            account = make_first_account(_ACCOUNT, secrets.token_urlsafe(24))  # nobody types it: there is the link
            mara = take_in(account, folder / _ACCOUNT, name=_NAME)
            work_out(mara, "en")
            make_clinic(mara, folder, last)
        _write(place.demo, f"{key} {__version__}")


def _lay_out(folder: Path, results: Path, film: Path, last: date) -> None:
    """Her folder, as one would take it away from a casebook."""
    write_made_up(folder, last)
    name = f"{last - timedelta(days=FILMED_DAYS_AGO)}-demo"
    shutil.copytree(results, folder / "sessions" / name, ignore=_odd)
    (folder / "films").mkdir()
    shutil.copyfile(film, folder / "films" / f"{name}{film.suffix}")


def _odd(folder: str, names: list[str]) -> set[str]:
    """What is neither file nor folder: a pipe or a device would be copied without end."""
    return {name for name in names if not (Path(folder, name).is_file() or Path(folder, name).is_dir())}


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text)


def throw_away(place: Place) -> bool:
    """Remove the demo's casebook; False if there was none.

    Raises
    ------
    OutputError
        The folder is not the demo's, is being served, or cannot be removed.
    """
    if not place.root.is_dir() or not any(place.root.iterdir()):
        return False
    if not place.demo.is_file():
        raise OutputError(**said("demo_not_ours", folder=place.root))
    with place.held():
        try:
            shutil.rmtree(place.root)
        except OSError as error:
            why, advice = reason(error)
            raise OutputError(**said("casebook_not_written", folder=place.root, why=why, advice=advice)) from error
    return True
