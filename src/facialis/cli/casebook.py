"""``facialis casebook``: what is done to a casebook while nobody serves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from facialis.cli.faults import guarded, put, say
from facialis.cli.options import FOLDER, Account, Data, Debug, Force, Language, Quiet
from facialis.cli.progress import choose_display
from facialis.core.errors import SettingsError
from facialis.core.knowledge import wording
from facialis.core.messages import said
from facialis.core.reading import TABLE_BYTES, read_bytes

__all__ = ["any_person_folder", "backup", "casebook", "doctor", "person_folder", "restore", "serve"]

casebook = typer.Typer(
    name="casebook",
    help="What is done to a casebook while nobody serves it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@contextmanager
def any_person_folder(
    folder: Path | None, person: str, data: Path | None, account: str, *, whole: bool = False
) -> Iterator[Path | None]:
    """As `person_folder`; None where neither was named."""
    if folder is not None and person:
        raise SettingsError(**said("folder_or_person"))
    if not person:
        yield folder
        return
    from facialis.app.offline import person_laid_out
    from facialis.app.place import Place, default_folder

    with person_laid_out(Place(data or default_folder()), person, account=account, whole=whole) as laid:
        yield laid


@contextmanager
def person_folder(
    folder: Path | None, person: str, data: Path | None, account: str, *, whole: bool = False
) -> Iterator[Path]:
    """The folder of a person, for the time of the block: the one that was named, or of somebody in the casebook.

    Parameters
    ----------
    folder, person
        One of the two.
    data, account
        The casebook, and whose the person is, where there are several of one name.
    whole
        Whether all of each result is wanted; else what the answer is worked out of.

    Raises
    ------
    SettingsError
        Both were named, or none; or there is no such casebook or person, or several of that name.
    OutputError
        The casebook is in the form of another facialis.
    """
    with any_person_folder(folder, person, data, account, whole=whole) as found:
        if found is None:
            raise SettingsError(**said("folder_or_person"))
        yield found


def _take_in_now(folder: Path, data: Path | None, *, account: str, name: str) -> int:
    """Take a person's folder into the casebook, say so, and return the exit code."""
    from facialis.app.offline import take_in_folder
    from facialis.app.place import Place, default_folder

    person = take_in_folder(Place(data or default_folder()), folder, account=account, name=name)
    put(wording("terminal_taken_in", person=person))
    return 0


def _new_password(data: Path | None, *, account: str) -> int:
    """Ask for a new password twice, set it, and return the exit code."""
    from facialis.app.offline import account_name, set_password
    from facialis.app.place import Place, default_folder

    place = Place(data or default_folder())
    name = account_name(place, account)
    password = str(typer.prompt(wording("terminal_new_password", name=name), hide_input=True))
    if typer.prompt(wording("app_password_again"), hide_input=True) != password:
        raise SettingsError(**said("password_differs"))
    set_password(place, name, password)
    put(wording("terminal_password_set", name=name))
    return 0


@casebook.command("take-in")
def _take_in(
    folder: Annotated[Path, FOLDER],
    data: Data = None,
    account: Account = "",
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the person is called.", show_default="as the folder")
    ] = "",
    lang: Language = "en",
    debug: Debug = False,
) -> None:
    """Take a person's folder into the casebook: the same tables and results. The folder itself is only read."""
    with guarded(debug=debug, lang=lang):
        raise typer.Exit(_take_in_now(folder, data, account=account, name=name))


@casebook.command("password")
def _password(data: Data = None, account: Account = "", lang: Language = "en", debug: Debug = False) -> None:
    """Set a new password. Passkeys, app and recovery codes are cleared, and sessions end."""
    with guarded(debug=debug, lang=lang):
        raise typer.Exit(_new_password(data, account=account))


@casebook.command("send")
def _send(
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Somebody in the casebook, by name or #NUMBER.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; its name should end in .facialis.")],
    to: Annotated[str, typer.Option("--to", metavar="age1…", help="The address of the other casebook.")],
    whom: Annotated[str, typer.Option("--whom", metavar="NAME", help="Whose address it is, for your own list.")],
    parts: Annotated[
        str,
        typer.Option("--parts", metavar="LIST", help="What is sent: of recordings, course, diary, questionnaires."),
    ],
    films: Annotated[bool, typer.Option("--films", help="With the films of the recordings.")] = False,
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=365, help="For how many days it may be used.")
    ] = 180,
    data: Data = None,
    account: Account = "",
    lang: Language = "en",
    force: Force = False,
    debug: Debug = False,
) -> None:
    """Write part of a person's record into an encrypted file for the casebook on another computer."""
    with guarded(debug=debug, lang=lang):
        from facialis.app.bundle.commands import send_bundle
        from facialis.app.place import Place, default_folder

        if file.exists() and not force:
            raise SettingsError(**said("backup_there", file=file))
        scopes = [part.strip() for part in parts.split(",")]
        if not set(scopes) <= {"recordings", "course", "diary", "questionnaires"}:
            raise SettingsError(**said("bundle_no_part"))
        place = Place(data or default_folder())
        digits = send_bundle(
            place, person, file, to=to, whom=whom, scopes=scopes, films=films, days=days, account=account
        )
        put(wording("terminal_bundle_sent", file=file, whom=whom, digits=digits))


@casebook.command("receive")
def _receive(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A file from another casebook; without: say the address.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take it in without asking.")] = False,
    data: Data = None,
    account: Account = "",
    lang: Language = "en",
    debug: Debug = False,
) -> None:
    """Take in a file from the casebook on another computer; or say the address to which such files are sent."""
    with guarded(debug=debug, lang=lang):
        from facialis.app.bundle.commands import bundle_address, receive_bundle
        from facialis.app.place import Place, default_folder

        place = Place(data or default_folder())
        if file is None:
            address, digits = bundle_address(place, account)
            put(wording("terminal_bundle_address", address=address, digits=digits))
            return
        name = receive_bundle(place, file, lambda lines: _agreed(lines, yes=yes), account=account)
        put(wording("terminal_bundle_received", person=name) if name else wording("app_receive_refused"))


def _agreed(lines: list[str], *, yes: bool) -> bool:
    """Say what came, and ask whether to take it in."""
    for line in lines:
        put(line)
    return yes or typer.confirm(wording("app_arrived_accept"))


PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", metavar="FILE", help="Read the passphrase from this file.", show_default="it is asked for"
    ),
]
_DAMAGED = 3
_MARKS = {"well": "✓", "note": "–", "bad": "✗"}


def _passphrase(file: Path | None, *, new: bool) -> str:
    """The passphrase: the first line of a file, or asked for; a new one twice."""
    if file is not None:
        return read_bytes(file, TABLE_BYTES).decode().split("\n")[0].rstrip("\r")
    said_once = str(
        typer.prompt(wording("terminal_passphrase" if new else "terminal_passphrase_asked"), hide_input=True)
    )
    if new and typer.prompt(wording("app_backup_again"), hide_input=True) != said_once:
        raise SettingsError(**said("password_differs"))
    return said_once


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            "--port", metavar="N", min=0, max=65535, help="Where to listen on this computer.", show_default="8321"
        ),
    ] = None,
    data: Data = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the page in a browser.")] = False,
    lang: Language = "en",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Open the casebook: recordings, diary, treatments and the course of one or several people, in a browser.

    It listens on this computer alone and reaches no other. Ctrl-C ends it.
    """
    with guarded(debug=debug, lang=lang):
        from facialis.cli.serve import serve as run

        raise typer.Exit(run(data, port=port, open_page=not no_open, quiet=quiet))


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="The backup; or a folder, in which it gets a name by the minute.")
    ] = Path(),
    data: Data = None,
    recipient: Annotated[
        str,
        typer.Option(
            "--recipient", metavar="age1…", help="Whose key opens it (from age-keygen).", show_default="a passphrase"
        ),
    ] = "",
    passphrase_file: PassphraseFile = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", metavar="N", min=1, help="Keep the latest N backups in the folder.", show_default="all"),
    ] = None,
    lang: Language = "en",
    force: Force = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the whole casebook into one encrypted file: films, results, diary, people and accounts.

    The casebook may be open meanwhile. Keep the file away from this computer.
    """
    with guarded(debug=debug, lang=lang):
        from facialis.app.offline import back_up
        from facialis.app.place import Place, default_folder

        if file.exists() and not file.is_dir() and not force:
            raise SettingsError(**said("backup_there", file=file))
        passphrase = "" if recipient else _passphrase(passphrase_file, new=True)
        with choose_display(quiet=quiet) as display:
            made, size_bytes = back_up(
                Place(data or default_folder()),
                file,
                passphrase=passphrase,
                recipient=recipient,
                keep=keep,
                report=lambda share: display.update(wording("app_backup"), "sealing", share),
            )
        put(wording("terminal_backed_up", file=made, size=f"{size_bytes / 1e6:.1f}"))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    data: Data = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Only check it: everything is read and opened, nothing is written.")
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="FILE", help="The key of its recipient.", show_default="of an automatic one: backup.key"
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    lang: Language = "en",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Put a backup into an empty folder, as a whole or not at all; or, with --verify, check it."""
    with guarded(debug=debug, lang=lang):
        from facialis.app.offline import check, needs_passphrase, put_back
        from facialis.app.place import Place, default_folder

        passphrase = _passphrase(passphrase_file, new=False) if needs_passphrase(file) else ""
        place = Place(data or default_folder())
        with choose_display(quiet=quiet) as display:

            def report(share: float) -> None:
                display.update(wording("app_backup"), "reading", share)

            if verify:
                day, files, opened = check(file, passphrase=passphrase, key=key, report=report)
                text = wording("terminal_verified", day=day, files=files, opened=opened)
            else:
                day, whole = put_back(file, place, passphrase=passphrase, key=key, report=report)
                text = wording("terminal_restored", day=day, folder=place.root)
                text += " " + wording("terminal_restored_shares")
                text += "" if whole else " " + wording("terminal_restored_part")
        put(text)


def doctor(data: Data = None, lang: Language = "en", quiet: Quiet = False, debug: Debug = False) -> None:
    """Say whether all is well with the casebook, and where it is not, what to do. Nothing is changed.

    Database, keys, every film and result, who can read it, room on the disk, backups. It may be open meanwhile.
    """
    with guarded(debug=debug, lang=lang):
        from facialis.app.offline import examine_casebook
        from facialis.app.place import Place, default_folder

        with choose_display(quiet=quiet) as display:
            found = examine_casebook(
                Place(data or default_folder()), lambda share: display.update(wording("app_title"), "reading", share)
            )
        for level, text, advice in found:
            if level != "well" or not quiet:
                put(f"{_MARKS[level]} {text} {advice}".rstrip())
        bad = any(level == "bad" for level, _, _ in found)
        if not bad and not quiet:
            say(wording("doctor_all_well"))
        raise typer.Exit(_DAMAGED if bad else 0)
