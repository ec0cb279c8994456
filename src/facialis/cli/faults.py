"""What happens when something goes wrong or the user stops it: one sentence, one exit code, nothing half-written.

Exit codes: 0 done; 1 a fault of facialis; 2 wrong usage; 3 the input cannot be read or is no video; 4 no face, or too
little of one, to measure; 5 finished for some inputs only; 128 + n: stopped by signal n (130 is Ctrl-C).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TextIO

import typer

from facialis.core.errors import FacialisError, OutputError, SettingsError
from facialis.core.knowledge import LANGUAGES, language, wording
from facialis.core.messages import as_error, reason, said

__all__ = [
    "LINE",
    "PARTLY_DONE",
    "Stopped",
    "exit_code",
    "guarded",
    "keep_libraries_quiet",
    "open_closed_streams",
    "printable",
    "put",
    "say",
    "stop_on_signals",
]

PARTLY_DONE = 5
LINE = 100
"""chosen: characters of a line of sentences in a terminal; 72 - 120"""


class Stopped(KeyboardInterrupt):
    """The user, or the system, asked facialis to stop with this signal."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def stop_on_signals() -> None:
    """Makes Ctrl-C, an ending terminal and a polite kill raise `Stopped`, once; a second one does not disturb tidying.

    Does nothing outside the main thread, where Python forbids it, and leaves signals alone that the caller ignores.
    """
    if threading.current_thread() is not threading.main_thread():
        return

    def stop(signum: int, _frame: FrameType | None) -> None:
        for other in known:
            signal.signal(other, signal.SIG_IGN)
        raise Stopped(signum)

    wanted = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    known = [signum for signum in wanted if signum is not None and signal.getsignal(signum) is not signal.SIG_IGN]
    for signum in known:
        signal.signal(signum, stop)


def open_closed_streams() -> None:
    """Open standard input, output and error on the null device where the caller closed them.

    Must come before any file is opened: a file that is given one of the numbers 0 to 2 is taken for a standard stream
    by every process that is started afterwards. What is said on a stream that was closed goes nowhere.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            made = os.open(os.devnull, os.O_RDWR)
            if made != number:
                os.dup2(made, number)
                os.close(made)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            stream = os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)
            setattr(sys, name, stream)


def keep_libraries_quiet() -> None:
    """Give standard error to facialis alone: native libraries write notices there that no user can use.

    `sys.stderr` goes where it went; the descriptor that native code writes to, here and in children, goes nowhere.
    """
    try:
        own = os.dup(2)
    except OSError:
        return  # there is no standard error to keep
    sys.stderr.flush()
    sys.stderr = os.fdopen(own, "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def printable(text: str) -> str:
    """The text without anything that could move the cursor, turn the writing direction or break the line."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def say(text: str) -> None:
    """Write one line to standard error, where progress and messages go."""
    sys.stderr.write(_encodable(printable(text), sys.stderr) + "\n")
    sys.stderr.flush()


def put(text: str) -> None:
    """Write one line to standard output, where results go.

    Raises
    ------
    OutputError
        It cannot be written, e.g. because a disk is full.
    Stopped
        Whoever read it has gone.
    """
    try:
        sys.stdout.write(_encodable(text, sys.stdout) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Stopped(getattr(signal, "SIGPIPE", 13)) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        why, advice = reason(error)
        raise OutputError(**said("output_closed", why=why, advice=advice)) from error


def _encodable(text: str, stream: TextIO) -> str:
    # File names need not be valid in any encoding, and a terminal may know few characters.
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def exit_code(failures: Sequence[FacialisError], *, inputs: int) -> int:
    """The exit code of a run over ``inputs`` inputs of which ``failures`` failed.

    When nothing was finished the code is the failures' own; a fault of facialis comes first, then the lowest.
    """
    if not failures:
        return 0
    if len(failures) < inputs:
        return PARTLY_DONE
    return min(error.exit_code for error in failures)


@contextmanager
def guarded(*, debug: bool, lang: str = "en") -> Iterator[None]:
    """Turns whatever leaves the block into a sentence on standard error and an exit code (``typer.Exit``).

    The block, and the sentence, speak the language ``lang``.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(_speaking(lang))
            yield
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except KeyboardInterrupt as error:
            signum = error.signum if isinstance(error, Stopped) else signal.SIGINT
            say(wording("terminal_stopped"))
            raise typer.Exit(128 + signum) from error
        except Exception as error:
            if debug:
                sys.stderr.write(traceback.format_exc())
            own = as_error(error)
            say(f"facialis: {own}")
            raise typer.Exit(own.exit_code) from error


@contextmanager
def _speaking(code: str) -> Iterator[None]:
    """Within it facialis speaks this language; SettingsError if it does not know it."""
    if code not in LANGUAGES:
        raise SettingsError(**said("language_option", value=repr(code), known=", ".join(LANGUAGES)))
    with language(code):
        yield
