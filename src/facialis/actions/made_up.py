"""A made-up person over a year, for the demo: nobody's data, and the truth behind them is known.

She twitches on the left, slowly more; stress is followed by more spasm a day later; botulinum toxin is given twice and
wears off after about three months. Unless another last day is asked for, dates are fixed, so that everybody's demo is
the same.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from facialis.core.reading import TABLE_BYTES, read_bytes
from facialis.files.columns import DIARY, QUESTIONNAIRES, SESSIONS, TREATMENTS

__all__ = ["AS_OF", "FILMED_DAYS_AGO", "FILMED_ON", "TRUTH", "made_up_files", "throw_away", "write_made_up"]

AS_OF = date(2026, 10, 31)  # chosen: any day; all other dates follow from it

FILMED_DAYS_AGO = 15  # chosen: a day when no injection works any more; the demo's recording lies there
FILMED_ON = AS_OF - timedelta(days=FILMED_DAYS_AGO)
TRUTH = (
    "her rate grows by a factor of 2.5 in a year, if nothing is done",
    "botulinum toxin takes away most of it twice, and half of the effect is gone after 12 weeks",
    "a day of stress is followed by a day of more spasm; tiredness, sleep and coffee do nothing",
)

_DAYS = 365
_ONSET_DAYS_AGO = 600  # chosen: well before the year that is shown; 400 - 2000
_RATE_PER_MIN = 14.0  # chosen: grows to about that of the demo's recording; any rate of a few a minute shows the same
_GROWTH = 2.5  # chosen: rate ratio a year, clearly rising
_DOSES = (60, 172)  # chosen: days of the two injections, 16 weeks apart, the last long enough ago to have worn off
_LASTS_DAYS = 84.0  # median duration in hemifacial spasm: 12 weeks (PMID 7727103)
_LEFT = 0.12  # chosen: share of the rate that is left at best; 0.05 - 0.3
_SCATTER = 0.35  # chosen: day-to-day standard deviation of the log rate; 0.2 - 0.6
_SEED = 20261031

_OPENING = "# A made-up person. Nobody's data.\n"
_PERSON = f"""\
{_OPENING}birth_year: 1968
sex: female
onset: {{onset}}
side: left
first_region: eye
regions: [eye, cheek, mouth]
getting_worse: yes
in_sleep: yes
suppressible: no
painful: no
numbness: no
hearing_change: no
face_weakness: none
blood_pressure_high: yes
"""


def _effect(day: int) -> float:
    """Log rate taken away by the last injection."""
    since = [day - dose for dose in _DOSES if day > dose]
    if not since:
        return 0.0
    days = since[-1]
    onset = 1 - math.exp(-days / 3.0)
    return math.log(_LEFT) * onset / (1 + math.exp((days - _LASTS_DAYS) / 7.0))


def made_up_files(last: date = AS_OF) -> Mapping[str, str]:
    """The files of her folder, by name; ``last`` is the last day of her year."""
    rng = np.random.Generator(np.random.SFC64(_SEED))
    first = last - timedelta(days=_DAYS)
    stress = np.zeros(_DAYS + 1)
    for k in range(1, _DAYS + 1):
        stress[k] = 0.6 * stress[k - 1] + 0.8 * rng.standard_normal()
    sessions: list[Mapping[str, object]] = []
    diary: list[Mapping[str, object]] = []
    for k in range(_DAYS + 1):
        day = first + timedelta(days=k)
        log_rate = math.log(_RATE_PER_MIN) + math.log(_GROWTH) * k / _DAYS + _effect(k)
        log_rate += 0.3 * stress[max(k - 1, 0)] + _SCATTER * rng.standard_normal()
        rate = math.exp(log_rate)
        felt = np.clip(round(1.6 * math.log1p(rate) + 0.7 * rng.standard_normal()), 0, 10)
        tired = np.clip(round(4 + 1.2 * rng.standard_normal()), 0, 10)
        if rng.random() > 0.08:  # a diary has gaps
            diary.append(
                {
                    "date": day,
                    "spasms (0-10)": f"{felt:.0f}",
                    "stress (0-10)": f"{np.clip(round(4 + 1.8 * stress[k]), 0, 10):.0f}",
                    "fatigue (0-10)": f"{tired:.0f}",
                    "sleep (h)": f"{np.clip(7 + 0.9 * rng.standard_normal(), 3, 10):.1f}",
                    "coffee (cups)": rng.integers(1, 5),
                }
            )
        if k % 7 == 0 and rng.random() > 0.1:
            minutes = rng.uniform(0.8, 1.4)
            limit = 0.007 if k < 200 else 0.005  # a better camera in the second half
            count = rng.poisson(rate * minutes * (0.9 if k < 200 else 1.0))
            share = min(0.6, 0.006 * count / minutes * rng.uniform(0.7, 1.3))
            sessions.append(
                {
                    "date": day,
                    "usable_min": f"{minutes:.2f}",
                    "twitches": count,
                    "burden_share": f"{share:.4f}",
                    "tonic_share": 0.05 if count else None,
                    "median_amplitude_iod": f"{0.028 * math.exp(0.2 * rng.standard_normal()):.4f}" if count else None,
                    "limit_iod": limit,
                    "side": "left" if count else None,
                    "regions": "orbicularis_oculi,zygomaticus" if count else None,
                    "block": "rest",
                }
            )
    doses = [first + timedelta(days=k) for k in _DOSES]
    treatments = [{"date": day, "kind": "toxin", "product": "made-up toxin", "note": "made up"} for day in doses]
    forms = [
        {"date": first + timedelta(days=k), "instrument": "PHQ-9"} | {f"item_{n}": v for n, v in enumerate(items, 1)}
        for k, items in (
            (10, (1, 1, 2, 1, 0, 1, 1, 0, 0)),
            (170, (1, 0, 1, 1, 0, 0, 0, 0, 0)),
            (350, (1, 1, 1, 1, 0, 1, 0, 0, 0)),
        )
    ]
    return {
        "person.yaml": _PERSON.format(onset=f"{last - timedelta(days=_ONSET_DAYS_AGO):%Y-%m}"),
        SESSIONS.file: SESSIONS.text(sessions),
        DIARY.file: DIARY.text(diary),
        TREATMENTS.file: TREATMENTS.text(treatments),
        QUESTIONNAIRES.file: QUESTIONNAIRES.text(forms),
    }


def write_made_up(folder: Path, last: date = AS_OF) -> Path:
    """Write her folder, overwriting an earlier one of the same demo; OSError where it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made_up_files(last).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def throw_away(folder: Path) -> bool:
    """Remove her folder; False if there is none, or if it is somebody else's."""
    person = folder / "person.yaml"
    try:
        hers = read_bytes(person, TABLE_BYTES).startswith(_OPENING.encode())
    except OSError:
        return False
    if not hers:
        return False
    shutil.rmtree(folder)
    return True
