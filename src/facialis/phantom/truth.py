"""What a perfect observer would say of a phantom: every event with its exact times, side, regions and size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import FormatError
from facialis.core.records import Event, Kind, Side
from facialis.phantom.acts import Act, Blink, Expression, Speech, Stage, expand
from facialis.phantom.contractions import Contraction
from facialis.phantom.scene import Scene
from facialis.phantom.specification import PhantomSpec

__all__ = ["DETECTOR", "stage", "truth"]

Floats = NDArray[np.float64]

DETECTOR = "phantom"
_MOST_SHARE = 1.1  # as `Contraction.amplitude_share` allows
_CLOSE = 1e-5  # chosen: relative error of a solved size, a thousandth of what any camera resolves


def truth(spec: PhantomSpec) -> tuple[Event, ...]:
    """All events of a phantom, ordered by onset.

    Parameters
    ----------
    spec
        The phantom.

    Returns
    -------
    tuple[Event, ...]
        Contractions (``twitch``; ``tonic_spasm`` from 1 s on; ``myokymia``), blinks, expressions and speech, with
        ``detector`` "phantom" and probability 1. ``amplitude_iod`` is the largest displacement in the picture, at the
        apex and in the pose of that moment, of a skin point of the event's side that is visible in the face without the
        event, against where it would be without the event, divided by the interocular distance (distance of the pupils
        of the resting head in the picture). Gaze shifts, head motion and light are no events.

    Raises
    ------
    FormatError
        If a size that the specification asks for cannot be reached by the muscles it names.
    """
    return _truth(spec)


def stage(spec: PhantomSpec, time_s: Floats) -> Stage:
    """What the face, head and light do at given times: the activation of every shape, exact, one row a time."""
    shares = _shares(spec)
    return Stage.at(time_s, spec.acts, lambda act: shares[act])


@dataclass(frozen=True)
class _Span:
    """When, where and of which kind an act is an event."""

    onset_s: float
    duration_s: float
    apex_s: float
    kind: Kind
    side: Side
    regions: tuple[str, ...]


def _span(act: Act) -> _Span | None:
    if isinstance(act, Contraction):
        return _Span(act.onset_s, act.duration_s, act.apex_s, act.kind, act.side, act.names)
    if isinstance(act, Blink):
        return _Span(act.onset_s, act.length_s, act.apex_s, "blink", "both", ("orbicularis_oculi",))
    if isinstance(act, Expression):
        return _Span(act.onset_s, act.duration_s, act.apex_s, "expression", act.side, act.regions)
    if isinstance(act, Speech):
        return _Span(act.onset_s, act.duration_s, act.loudest_s, "expression", "both", ("orbicularis_oris",))
    return None


@lru_cache(maxsize=8)  # chosen: a specification's truth is asked for by its writer, its source and its reader
def _truth(spec: PhantomSpec) -> tuple[Event, ...]:
    sizes = _Sizes(spec)
    shares = _shares(spec)
    events = []
    for number, act in enumerate(expand(spec.acts)):
        span = _span(act)
        if span is None or span.onset_s >= spec.duration_s:
            continue
        events.append(
            Event(
                onset_s=span.onset_s,
                duration_s=span.duration_s,
                trial_type=span.kind,
                side=span.side,
                regions=span.regions,
                apex_s=span.apex_s,
                amplitude_iod=sizes.size(number, span.apex_s, span.side, shares),
                probability=1.0,
                detector=DETECTOR,
            )
        )
    return tuple(sorted(events, key=lambda event: event.onset_s))


@lru_cache(maxsize=8)  # as above
def _shares(spec: PhantomSpec) -> dict[Contraction, float]:
    """Share of a full spasm of every contraction."""
    acts = expand(spec.acts)
    found = {act: act.amplitude_share or 0.0 for act in acts if isinstance(act, Contraction)}
    wanted = [(number, act) for number, act in enumerate(acts) if isinstance(act, Contraction) and act.amplitude_iod]
    if wanted:
        sizes = _Sizes(spec)
        for number, act in wanted:
            found[act] = sizes.solve(number, act, found)
    return found


class _Sizes:
    """Displacements of one phantom, each act among all others."""

    def __init__(self, spec: PhantomSpec) -> None:
        self.scene = Scene(spec)
        self.acts = expand(spec.acts)
        self.iod_px = spec.iod_px
        head = self.scene.painter.head
        self._count = head.skin_vertices
        self._left = head.points({})[: self._count, 0] > 0

    def size(self, number: int, time_s: float, side: Side, shares: dict[Contraction, float]) -> float:
        """Largest displacement that act ``number`` makes at a time, in share of IOD."""
        before, seen = self._without(number, time_s, side, shares)
        return self._largest(before, seen, time_s, shares)

    def solve(self, number: int, act: Contraction, shares: dict[Contraction, float]) -> float:
        """The share of a full spasm at which a contraction has its ``amplitude_iod``."""
        wanted = act.amplitude_iod or 0.0
        before, seen = self._without(number, act.apex_s, act.side, shares)

        def size(share: float) -> float:
            return self._largest(before, seen, act.apex_s, shares | {act: share})

        low, high = 0.0, _MOST_SHARE
        most = size(high)
        if most < wanted:
            raise FormatError(
                f"amplitude_iod of the contraction at {act.onset_s:g} s is {wanted:g}.",
                advice=f"These muscles move the face by at most {most:.3f} of the interocular distance at that moment.",
            )
        guess = high * wanted / most
        for _ in range(40):
            found = size(guess)
            if abs(found - wanted) <= _CLOSE * wanted:
                break
            low, high = (guess, high) if found < wanted else (low, guess)
            step = guess * wanted / found if found > 0 else high
            guess = step if low < step < high else (low + high) / 2
        return guess

    def _without(
        self, number: int, time_s: float, side: Side, shares: dict[Contraction, float]
    ) -> tuple[Floats, NDArray[np.bool_]]:
        others = self.acts[:number] + self.acts[number + 1 :]
        seen = self.scene.project(Stage.at(np.array([time_s]), others, lambda act: shares[act]))
        visible = self.scene.painter.visible_vertices(seen)
        if side != "both":
            visible &= self._left == (side == "left")
        return seen.xy_px[: self._count], visible

    def _largest(
        self, before: Floats, visible: NDArray[np.bool_], time_s: float, shares: dict[Contraction, float]
    ) -> float:
        after = self.scene.project(Stage.at(np.array([time_s]), self.acts, lambda act: shares[act]))
        moved = np.linalg.norm(after.xy_px[: self._count] - before, axis=1)[visible]
        return float(moved.max(initial=0.0)) / self.iod_px
