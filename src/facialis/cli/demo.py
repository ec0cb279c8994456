"""``facialis demo``: what was put into a phantom and what was found in it; then a made-up person over a year."""

from __future__ import annotations

import os
import shutil
import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from facialis.cli.analyse import Task, analyse_one
from facialis.cli.faults import put, say
from facialis.cli.phantom import check_free, make_phantom
from facialis.cli.progress import choose_display
from facialis.core.records import Event, Kind
from facialis.core.settings import Settings

__all__ = ["Comparison", "compare", "demo", "screen_there"]

TWITCHES: frozenset[Kind] = frozenset({"twitch", "tonic_spasm", "myokymia"})
SLACK_S = 0.1  # chosen: about three frames either side; 0.05-0.2 s changes nothing, events stand further apart
PHANTOM_SHARE = 0.65  # measured on two cores: its part of the demo's time; only the bar depends on it


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Each true event with the found one that overlaps it best, and the found twitches that no true one explains."""

    pairs: tuple[tuple[Event, Event | None], ...]
    false: tuple[Event, ...]

    @property
    def found(self) -> int:
        """True twitches and spasms that were found as such, on whichever side."""
        return sum(truth.trial_type in TWITCHES and match is not None for truth, match in self.pairs)

    @property
    def side_right(self) -> int:
        """Of those found, the ones on the right side of the face's two."""
        return sum(
            truth.trial_type in TWITCHES and match is not None and match.side == truth.side
            for truth, match in self.pairs
        )

    @property
    def put_in(self) -> int:
        """True twitches and spasms."""
        return sum(truth.trial_type in TWITCHES for truth, _ in self.pairs)


def compare(truth: Sequence[Event], found: Sequence[Event]) -> Comparison:
    """Hold found events against the truth.

    A true twitch or spasm counts as found where a found one (of any of these kinds) overlaps it, give or take a tenth
    of a second; another true event where a found one of its own kind does. One found event may cover several true
    pulses of a train. A found one that was not taken for any true one, and overlaps none of its own kind, is false.
    """
    pairs = tuple((event, _best(event, [item for item in found if _alike(event, item)])) for event in truth)
    explained = [event for event in truth if event.trial_type in TWITCHES]
    taken = {id(match) for _, match in pairs if match is not None}
    false = tuple(
        item
        for item in found
        if item.trial_type in TWITCHES
        and id(item) not in taken
        and (item.trial_type not in {event.trial_type for event in explained if _overlap_s(item, event) > 0})
    )
    return Comparison(pairs=pairs, false=false)


def _alike(truth: Event, found: Event) -> bool:
    if truth.trial_type in TWITCHES:
        return found.trial_type in TWITCHES
    return found.trial_type == truth.trial_type


def _overlap_s(one: Event, other: Event) -> float:
    return min(one.offset_s, other.offset_s) - max(one.onset_s, other.onset_s) + SLACK_S


def _best(event: Event, candidates: Sequence[Event]) -> Event | None:
    close = [item for item in candidates if _overlap_s(event, item) > 0]
    return min(close, key=lambda item: abs(item.apex_s - event.apex_s), default=None)


def demo(out: Path, *, open_report: bool, quiet: bool) -> int:
    """Make the phantom, analyse it, print the comparison, and open the report where there is a screen."""
    video = out / "demo.mp4"
    check_free(video)
    with choose_display(quiet=quiet) as display:
        truth = make_phantom(video, None, lambda stage, share: display.update("demo", stage, PHANTOM_SHARE * share))
        task = Task(number=0, video=video, folder=out / "demo", settings=Settings(), blocks=(), faces=True)
        outcome = analyse_one(
            task, lambda stage, share: display.update("demo", stage, PHANTOM_SHARE + (1.0 - PHANTOM_SHARE) * share)
        )
    if outcome.error is not None:
        raise outcome.error

    from facialis.files.session import read_events

    result = compare(truth, read_events(out / "demo" / "events.tsv"))
    for line in _table(result):
        put(line)
    report = (out / "demo" / "report.html").resolve()
    put(f"The report: {report}")
    person = _made_up(out, quiet=quiet)
    for page in (report, person):
        if open_report and screen_there():
            webbrowser.open(page.as_uri())
    if not quiet and not (open_report and screen_there()):
        say("Open them in a browser.")
    return 0


def _made_up(out: Path, *, quiet: bool) -> Path:
    """The second half: a made-up person over a year, the demo's recording among hers; returns the report's page."""
    from facialis.actions.made_up import AS_OF, FILMED_ON, TRUTH, write_made_up
    from facialis.cli.course import report
    from facialis.core.errors import OutputError

    folder = out / "demo-person"
    filmed = folder / "sessions" / f"{FILMED_ON}-demo"
    try:
        write_made_up(folder)
        shutil.rmtree(filmed, ignore_errors=True)
        shutil.copytree(out / "demo", filmed)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror or error}.",
            advice="Free some space or choose another folder with --out.",
        ) from error
    for line in ["", "A made-up person over a year. What is true of her:", *(f"- {line}" for line in TRUTH), ""]:
        put(line)
    put("What facialis says of her, and her report:")
    report(folder, out=None, as_of=AS_OF.isoformat(), level=0.5, faces=True, open_report=False, quiet=quiet)
    return (folder / "report" / "report.html").resolve()


def _table(result: Comparison) -> list[str]:
    lines = ["", "Put into the recording                      Found in it", "-" * 78]
    for truth, match in result.pairs:
        left = f"{truth.onset_s:6.2f} s  {_name(truth):<12} {truth.side:<6} {_size(truth):>10}"
        if match is None:
            right = "missed" if truth.trial_type in TWITCHES else "not reported"
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
        "is read from a window of skin and scaled up, and can be off by a half.",
        "The head is rendered: nobody's face. How well facialis does on people with a spasm is not known.",
        "",
    ]
    return lines


def _name(event: Event) -> str:
    return event.trial_type.replace("_", " ")


def _size(event: Event) -> str:
    return f"{event.amplitude_iod:.4f}" if event.amplitude_iod else ""


def screen_there() -> bool:
    """True if a person sits before a screen on which a browser can be opened."""
    if os.environ.get("CI") or not sys.stderr.isatty():
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
