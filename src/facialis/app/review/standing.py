"""What the steps of a review amount to: the verdicts and stretches that stand, and what can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from facialis.app.recordings.models import Recording
from facialis.app.review.models import Step
from facialis.core.records import Event, Interval

__all__ = ["Excluded", "Standing", "event_keys", "standing_of"]


@dataclass(frozen=True, kw_only=True)
class Excluded:
    """A stretch that shall not count; ``number`` is that of its step."""

    number: int
    part: Interval
    reason: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The state of a review. ``verdicts``: by event. ``last``: number of the last step, 0 where there is none."""

    verdicts: Mapping[str, str]
    excluded: tuple[Excluded, ...]
    can_undo: bool
    can_redo: bool
    last: int

    @property
    def begun(self) -> bool:
        """Whether anything stands."""
        return bool(self.verdicts or self.excluded)


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
    verdicts: dict[str, str] = {}
    excluded: dict[int, Excluded] = {}
    for step in done:
        if step.deed == Step.Deed.JUDGE:
            verdicts[step.event] = step.verdict
        elif step.deed == Step.Deed.EXCLUDE and step.start_s is not None and step.stop_s is not None:
            part = Interval(start_s=step.start_s, stop_s=step.stop_s)
            excluded[step.pk] = Excluded(number=step.pk, part=part, reason=step.reason)
        elif step.of is not None:
            excluded.pop(step.of, None)
    return Standing(
        verdicts=verdicts,
        excluded=tuple(sorted(excluded.values(), key=lambda item: item.part.start_s)),
        can_undo=bool(done),
        can_redo=bool(undone),
        last=steps[-1].pk if steps else 0,
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
