"""Near the physical limit: the noise of displacement against the Cramér-Rao bound of the picture itself.

A puppet holds still; each picture has its own sensor noise of known size σ, and no codec. With the gradients of the
picture without noise and the weights w of the window, the least variance is

    σ² A⁻¹ B A⁻¹,  A = Σ w jjᵀ,  B = Σ w² jjᵀ,  j = (∂I/∂x, ∂I/∂y, I - mean I, 1),

since displacement, gain and offset are unknown as they are to the measurement. It is what exact least squares with
these weights has, the Cramér-Rao bound where w is 0 or 1. (A⁻¹ alone would be larger, and no bound.) Measured is the
standard deviation over time of the displacement that facialis gives, slow drift taken off. The same film is encoded at
two qualities and measured again: a codec that throws small changes away leaves less noise than the sensor made, and
less signal.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame, Motion
from facialis.film.sources import FrameList
from facialis.measure.regions import region_points, regions
from facialis.measure.session import measure_recording, measure_source
from validation.outcome import Goal, Outcome, Table, finish
from validation.puppet import Film, Sitter, sitter
from validation.surface import eye_distance_px
from validation.trial import Trial, begin, number

__all__ = ["bound_iod", "run", "spread_iod"]

Array = NDArray[np.float64]

PEOPLE = ("evm", "d13", "brbk7n", "swiz3n")
READ_NOISES = (1.0, 2.0, 4.0)
IOD_PX = (96, 140)
CRFS = (20, 26)
_FILM = Film(face="evm", duration_s=6.0, gain=0.0, crf=20)
_SETTLED_S = 1.5  # chosen: by then the reference has been learnt
_REACH = 3.0  # standard deviations of a window that are summed over


def bound_iod(picture: Array, centre_px: Array, sigma_px: Array, noise: float, iod_px: float) -> float:
    """Least standard deviation, root mean square of both directions, in share of ``iod_px``."""
    half = np.ceil(_REACH * sigma_px).astype(int)
    x0, y0 = np.maximum(np.rint(centre_px).astype(int) - half, 1)
    x1, y1 = np.minimum(np.rint(centre_px).astype(int) + half + 1, [picture.shape[1] - 1, picture.shape[0] - 1])
    slopes = [np.asarray(g) for g in np.gradient(picture[y0 - 1 : y1 + 1, x0 - 1 : x1 + 1])]
    gy, gx = slopes
    y, x = np.mgrid[y0:y1, x0:x1]
    weight = np.exp(-0.5 * (((x - centre_px[0]) / sigma_px[0]) ** 2 + ((y - centre_px[1]) / sigma_px[1]) ** 2))
    part = picture[y0:y1, x0:x1]
    flat = part - (part * weight).sum() / weight.sum()
    rows = np.stack([gx[1:-1, 1:-1], gy[1:-1, 1:-1], flat, np.ones_like(flat)]).reshape(4, -1)
    inverse: Array = np.linalg.pinv((rows * weight.ravel()) @ rows.T, rcond=1e-12, hermitian=True)
    spread: Array = (rows * weight.ravel() ** 2) @ rows.T
    covariance: Array = np.asarray(noise**2 * (inverse @ spread @ inverse), dtype=np.float64)
    return float(np.sqrt(np.diag(covariance)[:2].mean())) / iod_px


def spread_iod(motion: Motion) -> Array:
    """Standard deviation over time (side, region), root mean square of both directions, drift taken off."""
    late = motion.time_s >= _SETTLED_S
    rows = motion.displacement_iod[late].reshape(int(late.sum()), -1)
    time = np.linspace(-1, 1, len(rows))
    with np.errstate(invalid="ignore"):
        fit = np.polynomial.polynomial.polyfit(time, np.nan_to_num(rows), 3)
        rest = rows - np.polynomial.polynomial.polyval(time, fit).T
    variance = rest.var(0) * len(rows) / (len(rows) - 4)
    return np.asarray(np.sqrt(variance.reshape(2, -1, 2).mean(2)))


def _bounds(film: Film, who: Sitter, clean: Frame, noise: float) -> Array:
    scale = film.iod_px / eye_distance_px(who.points_px)
    width, height = film.size
    middle = who.points_px[[33, 133, 362, 263], :2].mean(0)
    points = who.points_px[:, :2] * scale + np.array([0.5, 0.4]) * [width, height] - scale * middle
    centres = points[region_points()].mean(2)
    out = np.zeros(centres.shape[:2])
    for side in (0, 1):
        for k, region in enumerate(regions()):
            sigma = np.array(region.window_iod) * film.iod_px
            out[side, k] = bound_iod(clean.luma.astype(float), centres[side, k], sigma, noise, film.iod_px)
    return out


def run(trial: Trial) -> Outcome:
    """All people, noises and sizes."""
    rows: list[tuple[str, ...]] = []
    columns = 1 + len(CRFS)
    by_region: dict[str, list[list[float]]] = {region.name: [[] for _ in range(columns)] for region in regions()}
    bare: list[float] = []
    for name in PEOPLE[: 1 if trial.quick else None]:
        who = sitter(name, trial.footage, trial.cache)
        for iod in IOD_PX:
            for noise in READ_NOISES:
                film = replace(_FILM, face=name, iod_px=iod, read_noise=noise)
                clean = next(replace(film, read_noise=0.0, duration_s=0.1).frames(who))
                # Rounding to whole grey levels is noise as well: a twelfth.
                least = _bounds(film, who, clean, float(np.sqrt(noise**2 + 1 / 12)))
                frames = list(film.frames(who))
                source = FrameList([f.time_s for f in frames], [f.luma for f in frames], [f.chroma for f in frames])
                measured = spread_iod(measure_source(source).motion)
                spreads = [measured / least]
                for crf in CRFS:
                    coded = measure_recording(replace(film, crf=crf).clip(who, trial.cache)).motion
                    spreads.append(spread_iod(coded) / least)
                trial.say(f"bound: {name} {iod} px, noise {noise:g}: {np.nanmedian(measured / least):.2f}")
                bare += (measured / least).ravel().tolist()
                for k, region in enumerate(regions()):
                    for column, spread in zip(by_region[region.name], spreads, strict=True):
                        column.extend(spread[:, k].tolist())
                rows.append(
                    (
                        f"{name}, {iod} px, noise {noise:g}",
                        f"{1e4 * np.nanmedian(least):.2f}",
                        *(number(float(np.nanmedian(s))) for s in spreads),
                    )
                )
    outcome = Outcome(
        name="bound",
        title="Near the physical limit",
        about="Medians over the windows of both sides of measured standard deviation over the least possible one.",
        command=trial.command("bound"),
    )
    said = ("no codec, times the bound", *(f"H.264 crf {crf}" for crf in CRFS))
    outcome.tables = [
        Table(
            title="By recording. The bound is in ten-thousandths of the interocular distance.",
            head=("recording", "bound / 0.0001 IOD", *said),
            rows=tuple(rows),
        ),
        Table(
            title="By region.",
            head=("region", *said),
            rows=tuple(
                (name, *(number(float(np.nanmedian(c))) for c in columns_)) for name, columns_ in by_region.items()
            ),
        ),
    ]
    outcome.goals = [
        Goal(what="noise over the bound, no codec, median", value=float(np.nanmedian(bare)), most=1.5),
        Goal(what="the same, 90 % of windows below", value=float(np.nanquantile(bare, 0.9)), most=1.5),
    ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.bound", __doc__, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
