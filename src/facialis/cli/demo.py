"""``facialis demo``: what was put into a phantom and what was found in it; then a made-up person over a year.

Both are shown at last in a casebook of their own, with a clinician and those who share with her, which is open until it
is stopped. Where nobody sits before a screen, it proves that its first page answers, and ends.
"""

from __future__ import annotations

import json
import shutil
import webbrowser
from datetime import datetime
from pathlib import Path

from facialis.actions.demo import Comparison, Demo, demo_there, make_demo
from facialis.cli.faults import put, say
from facialis.cli.progress import choose_display, screen_there
from facialis.core.calendar import spoken_day
from facialis.core.errors import OutputError
from facialis.core.reading import TABLE_BYTES, read_bytes
from facialis.core.records import SPASM_KINDS, Event
from facialis.core.version import __version__

__all__ = ["clean", "demo"]

_CASEBOOK = "demo-casebook"


def demo(out: Path, *, open_report: bool, force: bool, quiet: bool) -> int:
    """Make the phantom, analyse it, print the comparison, and open the casebook of made-up people.

    A demo that is there and up to date is shown, not made again, unless ``force``. Without ``open_report`` no casebook
    is made: the results are files.
    """
    shown = None if force else demo_there(out)
    made = shown is None
    if shown is not None:
        day = datetime.fromtimestamp((shown.results / "session.json").stat().st_mtime).astimezone().date()
        say(f"The demo is there already, made on {spoken_day(day)}; --force makes it again.")
    else:
        with choose_display(quiet=quiet) as display:
            shown = make_demo(out, lambda stage, share: display.update("demo", stage, share))
    for line in _table(shown.comparison):
        put(line)
    report = (shown.results / "report.html").resolve()
    put(f"The report: {report}")
    person = _made_up(out, there=not made, quiet=quiet)
    if not open_report:
        if not quiet:
            say("Open them in a browser.")
    elif not _casebook(out / _CASEBOOK, shown, again=made):
        say("The pages of the casebook have not been built: install Node with npm, then type make demo again.")
        for page in (report, person) if screen_there() else ():
            webbrowser.open(page.as_uri())
    return 0


def _casebook(folder: Path, shown: Demo, *, again: bool) -> bool:
    """Open the demo's casebook until it is stopped; False where its pages have not been built.

    Raises
    ------
    OutputError
        Its first page does not answer, the folder is not the demo's, or it is open already.
    """
    from facialis.app.demo.making import is_whole, make_casebook
    from facialis.app.demo.proof import first_page_answers
    from facialis.app.place import Place
    from facialis.app.serve import SCRIPT, serve

    if not SCRIPT.is_file():
        return False
    place = Place(folder)
    if again or not is_whole(place):
        make_casebook(place, shown.results, shown.video)

    def opened(address: str) -> None:
        put(f"\nThe casebook of the made-up people: {address}")
        if not screen_there():
            raise _Shown(first_page_answers(address))
        say("It is open in your browser now. Ctrl-C ends it; 'facialis demo --clean' throws it all away.")
        webbrowser.open(address)

    try:
        serve(place, 0, opened)
    except _Shown as shown_so_far:
        if not shown_so_far.answers:
            raise OutputError(f"The casebook in {folder} does not answer.", advice="Try again with --force.") from None
        put("Its first page answers. There is no screen here, so it is closed again.")
        put(f"'facialis serve --data {folder}' opens it; 'facialis demo --clean' throws it all away.")
    return True


class _Shown(Exception):
    """There is no screen: the casebook has been asked for its first page, and is closed again."""

    def __init__(self, answers: bool) -> None:
        super().__init__()
        self.answers = answers


def clean(out: Path) -> int:
    """Throw away what the demo has made, and nothing else; returns the exit code.

    Raises
    ------
    OutputError
        Something of it is not the demo's, is in use, or cannot be removed.
    """
    from facialis.actions.demo import throw_away as remove_recording
    from facialis.actions.made_up import throw_away as remove_person
    from facialis.app.demo.making import throw_away as remove_casebook
    from facialis.app.place import Place

    try:
        removed = [remove_casebook(Place(out / _CASEBOOK)), remove_person(out / "demo-person"), remove_recording(out)]
    except OSError as error:
        raise OutputError(
            f"The demo in {out} cannot be removed: {error.strerror or error}.",
            advice="Close what uses it, and try again.",
        ) from error
    say(f"The demo in {out} is gone." if any(removed) else f"There is no demo in {out}.")
    return 0


def _made_up(out: Path, *, there: bool, quiet: bool) -> Path:
    """The second half: a made-up person over a year, the demo's recording among hers; returns the report's page.

    ``there``: what an earlier run wrote is shown, if this facialis wrote it.
    """
    from facialis.actions.made_up import AS_OF, FILMED_ON, TRUTH, write_made_up
    from facialis.cli.course import report

    folder = out / "demo-person"
    filmed = folder / "sessions" / f"{FILMED_ON}-demo"
    page = (folder / "report" / "report.html").resolve()
    said = _said_before(folder / "report") if there else None
    if said is None:
        try:
            write_made_up(folder)
            shutil.rmtree(filmed, ignore_errors=True)
            shutil.copytree(out / "demo", filmed, ignore=_odd)
        except OSError as error:
            raise OutputError(
                f"{folder} cannot be written: {error.strerror or error}.",
                advice="Free some space or choose another folder with --out.",
            ) from error
    for line in ["", "A made-up person over a year. What is true of her:", *(f"- {line}" for line in TRUTH), ""]:
        put(line)
    put(f"What facialis says of her on {spoken_day(AS_OF)}, the last day of that year, and her report:")
    if said is None:
        report(folder, out=None, as_of=AS_OF.isoformat(), level=0.5, faces=True, open_report=False, quiet=quiet)
    else:
        put(said)
        put(str(page))
    return page


def _odd(folder: str, names: list[str]) -> set[str]:
    """What is neither file nor folder: a pipe or a device would be copied without end."""
    return {name for name in names if not (Path(folder, name).is_file() or Path(folder, name).is_dir())}


def _said_before(report: Path) -> str | None:
    """The verdict in an earlier report of this facialis; None if there is no such report."""
    try:
        content = json.loads(read_bytes(report / "course.json", TABLE_BYTES))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("facialis_version") != __version__:
        return None
    return str(content.get("verdict_text", "")) if (report / "report.html").is_file() else None


def _table(result: Comparison) -> list[str]:
    lines = ["", "Put into the recording                      Found in it", "-" * 78]
    for truth, match in result.pairs:
        left = f"{truth.onset_s:6.2f} s  {_name(truth):<12} {truth.side:<6} {_size(truth):>10}"
        if match is None:
            right = "missed" if truth.trial_type in SPASM_KINDS else "not reported"
        else:
            side = match.side if match.side == truth.side else f"{match.side} (WRONG SIDE)"
            right = f"{match.onset_s:6.2f} s  {_name(match):<12} {side:<6} {_size(match):>10}"
        lines.append(f"{left}   {right}")
    lines += [
        f"{'nothing of the kind':<41}   {e.onset_s:6.2f} s  {_name(e):<12} {e.side:<6} {_size(e):>10}  FALSE"
        for e in result.false
    ]
    lines += [
        "-" * 78,
        f"Twitches and spasms: {result.found} of {result.put_in} found, {result.side_right} with the right side.",
        f"Reported without being there: {len(result.false)}.",
        "Sizes are shares of the distance between the eyes: the movement of the point that moves most. What is found",
        "is read from a window of skin and scaled up, and is off by a third now and then.",
        "The head is rendered: nobody's face. How well facialis does on people with a spasm is not known.",
        "",
    ]
    return lines


def _name(event: Event) -> str:
    return event.trial_type.replace("_", " ")


def _size(event: Event) -> str:
    return f"{event.amplitude_iod:.4f}" if event.amplitude_iod else ""
