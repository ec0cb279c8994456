"""Made-up ratings: films of known severity, raters of known reliability, taps of a hand that is late."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from facialis.agree.detector import MeasuredFilm
from facialis.core.rating.ratings import Rating
from facialis.core.records import Event

FILM_S = 30.0


def event(onset_s: float, *, amplitude_iod: float = 0.02) -> Event:
    return Event(
        onset_s=onset_s,
        duration_s=0.2,
        trial_type="twitch",
        side="left",
        regions=("orbicularis_oculi",),
        apex_s=onset_s + 0.1,
        amplitude_iod=amplitude_iod,
        probability=0.9,
        detector="made",
    )


def made_ratings(
    *, items: int = 24, raters: int = 3, scatter: float = 0.6, late_s: float = 0.3, repeats: int = 6, seed: int = 1
) -> tuple[list[Rating], list[MeasuredFilm]]:
    """Ratings of films, and what a detector that misses one twitch in five found in them."""
    rng = np.random.default_rng(seed)
    rows: list[Rating] = []
    films = []
    for n in range(items):
        severity = float(np.clip(rng.normal(2, 1.1), 0, 4))
        times = np.sort(rng.uniform(1, FILM_S - 2, rng.poisson(2 + 3 * severity)))
        name = f"film-{n:02d}"
        kept = times[rng.random(len(times)) < 0.8]
        events = tuple(event(float(t), amplitude_iod=0.01 * (1 + severity)) for t in kept)
        films.append(MeasuredFilm(names=frozenset({name}), duration_s=FILM_S, able=True, events=events))
        for k in range(raters):
            for repeat in range(1, 3 if n < repeats else 2):
                rows += _answers(rng, name, f"rater-{k}", repeat, severity, scatter)
            rows += _taps(rng, name, f"rater-{k}", times, late_s)
    return rows, films


def _answers(
    rng: np.random.Generator, item: str, rater: str, repeat: int, severity: float, scatter: float
) -> Iterator[Rating]:
    whose = {"set_name": "made", "item": item, "rater": rater, "scale": "tunc", "repeat": repeat}
    yield Rating(**whose, part="side", value="left" if rng.random() < 0.9 else "right", took_s=40.0)  # type: ignore[arg-type]
    for part in ("forehead", "eye", "cheek", "mouth", "neck"):
        value = float(np.clip(np.round(severity + rng.normal(0, scatter)), 0, 4))
        yield Rating(**whose, part=part, value=value, took_s=40.0)  # type: ignore[arg-type]


def _taps(rng: np.random.Generator, item: str, rater: str, times: np.ndarray, late_s: float) -> Iterator[Rating]:
    whose = {"set_name": "made", "item": item, "rater": rater, "scale": "tapping"}
    tapped = [float(t + late_s + rng.normal(0, 0.05)) for t in times if rng.random() < 0.9]
    for time in tapped:
        yield Rating(**whose, part="tap", onset_s=time)  # type: ignore[arg-type]
    yield Rating(**whose, part="count", value=float(len(tapped)))  # type: ignore[arg-type]
