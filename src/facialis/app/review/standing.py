"""What the steps of a review amount to: the verdicts and stretches that stand, and what can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from facialis.app.recordings.models import Recording
from facialis.app.review.models import Step
from facialis.core.records import SIDES, SPASM_KINDS, Event, Interval, Kind

__all__ = ["ADDED_KEY", "Added", "Excluded", "Standing", "event_keys", "standing_of"]

ADDED_KEY = "added"
"""Before the number of an event that was added, where an event is named."""


@dataclass(frozen=True, kw_only=True)
class Excluded:
    """A stretch that shall not count; ``number`` is that of its step."""

    number: int
    part: Interval
    reason: str


@dataclass(frozen=True, kw_only=True)
class Added:
    """An event that a person saw and the detector did not tell; ``number`` is that of its step; ``region`` or empty."""

    number: int
    part: Interval
    kind: Kind
    side: Literal["right", "left"]
    region: str

    @property
    def key(self) -> str:
        """The name of the event."""
        return f"{ADDED_KEY} {self.number}"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The state of a review. ``verdicts``: by event. ``last``: number of the last step, 0 where there is none.

    ``moved``: by event, its ends where a person set them; ``added``: in order of time.
    """

    verdicts: Mapping[str, str]
    excluded: tuple[Excluded, ...]
    can_undo: bool
    can_redo: bool
    last: int
    moved: Mapping[str, Interval] = field(default_factory=dict)
    added: tuple[Added, ...] = ()

    @property
    def begun(self) -> bool:
        """Whether anything stands."""
        return bool(self.verdicts or self.excluded or self.moved or self.added)


def event_keys(events: Sequence[Event]) -> tuple[str, ...]:
    """A name for each event that stays the same as long as the events do: onset in s, kind, side; a number if needed.

    Examples
    --------
    >>> event_keys(session.events)[0]  # doctest: +SKIP
    '1.500000 twitch left'
    """
    seen: Counter[str] = Counter()
    keys = []
    for event in events:
        key = f"{event.onset_s:.6f} {event.trial_type} {event.side}"
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key} {seen[key]}")
    return tuple(keys)


def standing_of(recording: Recording) -> Standing:
    """The state of a recording's review, read from all its steps."""
    steps = list(recording.steps.all())
    done, undone = _done(steps)
    state = _State()
    for step in done:
        state.take(step)
    return Standing(
        verdicts=state.verdicts,
        excluded=tuple(sorted(state.excluded.values(), key=lambda item: item.part.start_s)),
        can_undo=bool(done),
        can_redo=bool(undone),
        last=steps[-1].pk if steps else 0,
        moved=state.moved,
        added=tuple(sorted(state.added.values(), key=lambda item: (item.part.start_s, item.number))),
    )


class _State:
    """What steps amount to while they are read; a step that names nothing that stands changes nothing."""

    def __init__(self) -> None:
        self.verdicts: dict[str, str] = {}
        self.moved: dict[str, Interval] = {}
        self.excluded: dict[int, Excluded] = {}
        self.added: dict[int, Added] = {}

    def take(self, step: Step) -> None:
        """Add one step."""
        part = None
        if step.start_s is not None and step.stop_s is not None:
            part = Interval(start_s=step.start_s, stop_s=step.stop_s)
        if step.deed == Step.Deed.JUDGE:
            self.verdicts[step.event] = step.verdict
        elif step.deed == Step.Deed.EXCLUDE and part is not None:
            self.excluded[step.pk] = Excluded(number=step.pk, part=part, reason=step.reason)
        elif step.deed == Step.Deed.INCLUDE and step.of is not None:
            self.excluded.pop(step.of, None)
        elif step.deed == Step.Deed.ADD and part is not None:
            self.added[step.pk] = _added(step, step.pk, part)
        elif step.deed == Step.Deed.MOVE and part is not None:
            if step.of is None:
                self.moved[step.event] = part
            elif step.of in self.added:
                self.added[step.of] = _added(step, step.of, part)
        elif step.deed == Step.Deed.REMOVE and step.of is not None:
            self.added.pop(step.of, None)


def _added(step: Step, number: int, part: Interval) -> Added:
    """What a step says; a file from elsewhere may say anything, of which a twitch of the right side is made."""
    kind = next((known for known in SPASM_KINDS if known == step.kind), SPASM_KINDS[0])
    side = next((known for known in SIDES if known == step.side), SIDES[0])
    return Added(
        number=number,
        part=part,
        kind=kind,
        side=side,
        region=step.region,
    )


def _done(steps: Iterable[Step]) -> tuple[list[Step], list[Step]]:
    """Steps that stand, and those that were undone and may be done again; a new step ends the latter."""
    done: list[Step] = []
    undone: list[Step] = []
    for step in steps:
        if step.deed == Step.Deed.UNDO:
            if done:
                undone.append(done.pop())
        elif step.deed == Step.Deed.REDO:
            if undone:
                done.append(undone.pop())
        else:
            done.append(step)
            undone.clear()
    return done, undone
