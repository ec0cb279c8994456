"""Five made-up people who share with the demo's clinician: nobody's data, and what is true of each is known.

One after toxin whose cycles grow shorter, one operated on, one whose films could not see, one resolving, one worsening.
Each is told as `facialis.actions.made_up` tells of its person: in the files of a folder, up to a last day.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from facialis.files.columns import DIARY, QUESTIONNAIRES, SESSIONS, TREATMENTS

__all__ = ["LEFT_SHARE", "PEOPLE", "MadeUp", "write_made_up_person"]

_FINE_IOD = 0.006  # chosen: a phone on a stand in good light
_COARSE_IOD = 0.09  # chosen: the camera of an old laptop; well above what may be called quiet
_SCATTER = 0.3  # chosen: day-to-day standard deviation of the log rate; 0.2 - 0.6
_AMPLITUDE_IOD = 0.026
_SHARE_OF_A_TWITCH = 0.006  # min: how much of the time a twitch takes, as of the first made-up person
_GAPS = 0.08  # share of the days on which nothing is noted
_DEEP = math.log(0.12)  # log rate that toxin takes away at best
_OPENING = "# A made-up person. Nobody's data.\n"
_USUAL = (
    "in_sleep: yes\nsuppressible: no\npainful: no\nnumbness: no\nhearing_change: no\nface_weakness: none\n"
    "double_vision: no\nvertigo: no\n"
)


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    """Somebody who is made up.

    Parameters
    ----------
    key
        Who they are, in a word.
    name
        What they are called.
    truth
        What is true of them, in a sentence.
    days
        For how many days up to the last one there is something of them.
    every_days
        How far recordings stand apart.
    rate
        Log of the twitches a minute, by the days from the first.
    history
        What they told, as ``person.yaml`` has it, without the onset.
    onset_days
        How long before the first day it began.
    treatments
        The days from the first, with the kind, the product and a note of each.
    forms
        The days from the first, with the instrument and the items.
    blind_from
        From which day on the camera is too coarse to show a twitch; None: never.
    side
        Where it twitches.
    diary_days
        For how many days up to the last one they keep a diary.
    """

    key: str
    name: str
    truth: str
    days: int
    every_days: int
    rate: Callable[[int], float]
    history: str
    onset_days: int
    treatments: tuple[tuple[int, str, str, str], ...] = ()
    forms: tuple[tuple[int, str, tuple[int, ...]], ...] = ()
    blind_from: int | None = None
    side: str = "left"
    diary_days: int = 120
    seed: int = 1

    def files(self, last: date) -> Mapping[str, str]:
        """The files of their folder, by name; ``last`` is the last day."""
        rng = np.random.Generator(np.random.SFC64(self.seed))
        first = last - timedelta(days=self.days)
        sessions: list[Mapping[str, object]] = []
        diary: list[Mapping[str, object]] = []
        for k in range(self.days + 1):
            rate = math.exp(self.rate(k) + _SCATTER * rng.standard_normal())
            if k > self.days - self.diary_days and rng.random() > _GAPS:
                diary.append(_noted(first + timedelta(days=k), rate, rng))
            if k % self.every_days == 0 and rng.random() > _GAPS:
                blind = self.blind_from is not None and k >= self.blind_from
                sessions.append(self._filmed(first + timedelta(days=k), rate, blind, rng))
        treatments = [
            {"date": first + timedelta(days=k), "kind": kind, "product": product, "note": note}
            for k, kind, product, note in self.treatments
        ]
        forms = [
            {"date": first + timedelta(days=k), "instrument": instrument}
            | {f"item_{n}": value for n, value in enumerate(items, 1)}
            for k, instrument, items in self.forms
        ]
        onset = first - timedelta(days=self.onset_days)
        return {
            "person.yaml": f"{_OPENING}onset: {onset:%Y-%m}\nside: {self.side}\n{self.history}{_USUAL}",
            SESSIONS.file: SESSIONS.text(sessions),
            DIARY.file: DIARY.text(diary),
            TREATMENTS.file: TREATMENTS.text(treatments),
            QUESTIONNAIRES.file: QUESTIONNAIRES.text(forms),
        }

    def _filmed(self, day: date, rate: float, blind: bool, rng: np.random.Generator) -> Mapping[str, object]:
        minutes = rng.uniform(1.6, 2.4)
        count = 0 if blind else int(rng.poisson(rate * minutes))
        seen: dict[str, object] = {}
        if count:
            seen = {
                "tonic_share": 0.05,
                "median_amplitude_iod": f"{_AMPLITUDE_IOD * math.exp(0.2 * rng.standard_normal()):.4f}",
                "side": self.side,
                "regions": "orbicularis_oculi,zygomaticus",
            }
        return seen | {
            "date": day,
            "usable_min": f"{minutes:.2f}",
            "twitches": count,
            "burden_share": f"{min(0.6, _SHARE_OF_A_TWITCH * count / minutes):.4f}",
            "limit_iod": _COARSE_IOD if blind else _FINE_IOD,
            "block": "rest",
        }


def _noted(day: date, rate: float, rng: np.random.Generator) -> Mapping[str, object]:
    def scale(value: float, scatter: float) -> str:
        return f"{np.clip(round(value + scatter * rng.standard_normal()), 0, 10):.0f}"

    return {
        "date": day,
        "spasms (0-10)": scale(1.6 * math.log1p(rate), 0.6),
        "stress (0-10)": scale(4.0, 1.5),
        "fatigue (0-10)": scale(4.0, 1.2),
        "sleep (h)": f"{np.clip(7 + 0.8 * rng.standard_normal(), 3, 10):.1f}",
        "coffee (cups)": rng.integers(0, 4),
    }


def _steady(per_min: float, a_year: float = 1.0) -> Callable[[int], float]:
    """A rate that changes by the factor ``a_year`` in a year."""
    return lambda day: math.log(per_min) + math.log(a_year) * day / 365


_DOSES = ((30, 128.0), (175, 104.0), (295, 84.0), (394, 66.0), (477, 55.0))
"""Days of injections whose effect lasts shorter each time, and after how many days half of it is gone."""


def _shorter(day: int) -> float:
    since = [(day - dose, lasts) for dose, lasts in _DOSES if day > dose]
    if not since:
        return math.log(16.0)
    days, lasts = since[-1]
    return math.log(16.0) + _DEEP * (1 - math.exp(-days / 3.0)) / (1 + math.exp((days - lasts) / 6.0))


_OPERATED = 150
LEFT_SHARE = 0.3
"""Share of the twitches that is left since the operation."""


def _operated(day: int) -> float:
    """A lot less since the operation, step by step over weeks, and not nothing."""
    if day <= _OPERATED:
        return math.log(14.0)
    return math.log(14.0) + math.log(LEFT_SHARE) * (1 - math.exp(-(day - _OPERATED) / 45.0))


PEOPLE = (
    MadeUp(
        key="toxin",
        name="Renate (made up)",
        truth="botulinum toxin works each time, and for less time from one injection to the next",
        days=525,
        every_days=7,
        rate=_shorter,
        history="birth_year: 1957\nsex: female\nfirst_region: eye\nregions: [eye, cheek, mouth]\ngetting_worse: no\n",
        onset_days=1500,
        treatments=tuple((k, "toxin", "made-up toxin", "made up") for k, _ in _DOSES),
        forms=(
            (25, "PHQ-9", (1, 1, 1, 1, 0, 0, 1, 0, 0)),
            (280, "PHQ-9", (1, 1, 2, 1, 0, 1, 1, 0, 0)),
            (505, "PHQ-9", (1, 1, 2, 1, 1, 1, 1, 0, 0)),
        ),
        seed=11,
    ),
    MadeUp(
        key="operated",
        name="Harald (made up)",
        truth="the nerve was operated on fourteen months ago; three in ten of the twitches are left",
        days=575,
        every_days=14,
        rate=_operated,
        history="birth_year: 1964\nsex: male\nfirst_region: eye\nregions: [eye, cheek]\ngetting_worse: no\n",
        onset_days=1900,
        treatments=((_OPERATED, "decompression", "", "made up"),),
        forms=((140, "PHQ-9", (2, 1, 2, 1, 1, 1, 1, 0, 0)), (560, "PHQ-9", (0, 0, 1, 1, 0, 0, 0, 0, 0))),
        side="right",
        seed=22,
    ),
    MadeUp(
        key="blind",
        name="Jonas (made up)",
        truth="he twitches as before, and the camera that he films with now is too coarse to show it",
        days=330,
        every_days=14,
        rate=_steady(4.0),
        history="birth_year: 1979\nsex: male\nfirst_region: eye\nregions: [eye]\n",
        onset_days=500,
        forms=((60, "GAD-7", (1, 1, 1, 0, 0, 1, 0)), (300, "GAD-7", (1, 1, 0, 0, 0, 1, 0))),
        blind_from=240,
        side="right",
        diary_days=60,
        seed=13,
    ),
    MadeUp(
        key="resolving",
        name="Samira (made up)",
        truth="her rate falls to a sixth within a year, and nothing was done",
        days=365,
        every_days=7,
        rate=_steady(12.0, 1 / 6),
        history="birth_year: 1966\nsex: female\nfirst_region: eye\nregions: [eye, cheek]\ngetting_worse: no\n",
        onset_days=300,
        forms=((20, "PHQ-9", (1, 2, 2, 1, 0, 1, 1, 0, 0)), (345, "PHQ-9", (0, 1, 1, 0, 0, 0, 0, 0, 0))),
        seed=14,
    ),
    MadeUp(
        key="worsening",
        name="Bruno (made up)",
        truth="his rate grows to four times of what it was within a year, and nothing was done",
        days=365,
        every_days=7,
        rate=_steady(4.0, 4.0),
        history="birth_year: 1990\nsex: male\nfirst_region: eye\nregions: [eye, cheek, mouth]\ngetting_worse: yes\n",
        onset_days=400,
        forms=((15, "PHQ-9", (0, 1, 1, 0, 0, 1, 0, 0, 0)), (340, "PHQ-9", (1, 1, 2, 1, 1, 1, 1, 0, 0))),
        seed=15,
    ),
)
"""Those who share with the clinician, beside the demo's own person."""


def write_made_up_person(who: MadeUp, folder: Path, last: date) -> Path:
    """Write somebody's folder; OSError where it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in who.files(last).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder
