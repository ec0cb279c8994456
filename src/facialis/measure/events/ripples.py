"""Myokymia: one lower lid ripples at 3-8 Hz for a second or more, small, without closing the eye.

Single pulses of a ripple hide each other from a filter that looks for a bump on calm ground, so ripples have a filter
of their own: power in their band, against the other side, the upper lid and the mouth of the same side and the band
above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from facialis.measure.events.evidence import Stretch
from facialis.measure.events.lids import closed_share
from facialis.measure.events.shape import WINDOW_GAIN
from facialis.measure.regions import window_index, windows_of
from facialis.numeric.signals.filters import segments

__all__ = ["Ripple", "find_ripples"]

Array = NDArray[np.float64]

_BAND_HZ = (2.7, 8.3)  # eyelid myokymia is semirhythmic at 3-8 Hz (emedicine 1213160), and the filter's edges
_ABOVE_HZ = 9.5  # chosen: noise is read above the band; 9 - 10.5 Hz
_LEAST_RATE_HZ = 20.0  # chosen: below this there is no band above to read noise from
_SHORTEST_S = 1.0  # chosen: at 3 Hz a second holds three pulses; 0.8 - 1.5 s
_AGAINST = 6.0  # chosen: power against the other side and the mouth; 4 - 10
_OTHER_LID = 4.0  # chosen: power against the upper lid: where both lids go together the eye closes; 2 - 8
_REGULAR = 0.5  # chosen: share of the band's power within 1.2 Hz of its strongest frequency; 0.4 - 0.6
_PULSES = 4  # chosen: three may be chance; 4 - 6
_LARGEST_IOD = 0.03  # myokymia is seen only from close by (myokymia_2014); chosen bound 0.02 - 0.04
_SMALLEST_IOD = 0.001  # chosen: a tenth of a raster pixel; less is registration noise
_HIDDEN = 0.2  # chosen: a lid hidden for more of a ripple is not known to lie still or to go along; 0.1 - 0.4
_CLOSES = 0.35  # chosen: closing the eye by a third is a twitch or a blink, not a ripple; 0.3 - 0.5


@dataclass(frozen=True, kw_only=True)
class Ripple:
    """A ripple of the lower lid of one side; ``amplitude_iod`` is its full excursion."""

    side: int
    onset_s: float
    apex_s: float
    offset_s: float
    amplitude_iod: float
    rate_hz: float
    probability: float
    muscles: tuple[str, ...] = ("orbicularis_oculi",)


def find_ripples(stretch: Stretch) -> list[Ripple]:
    """Find myokymia in a stretch: the lower lid of one side ripples at 3–8 Hz for a second or more.

    Parameters
    ----------
    stretch
        Displacement (time, side, window, direction) in IOD and eye opening (time, side) in IOD.

    Returns
    -------
    list of Ripple
        In order of side, then onset, with times in s, full excursion in IOD, rate in Hz and probability (0.5–0.98).

    Notes
    -----
    Below 20 frames per second, or in a stretch of less than 2 s, there is none: the band above the ripple, from which
    noise is read, is then missing. Just above that rate this band is narrow. Where either lower lid or the upper lid of
    the same side was hidden for more than a fifth of the time there is none: what they did is not known.
    The probability is a scale of the power against the other side, the mouth and the noise. A train of small, even
    twitches of one lower lid looks the same.

    Source
    ------
    emedicine 1213160 (3–8 Hz); ``docs/reference/events.md``, ``myokymia``.

    Examples
    --------
    >>> [(ripple.side, round(ripple.rate_hz, 1)) for ripple in find_ripples(stretch)]  # doctest: +SKIP
    [(1, 5.0)]
    """
    rate = stretch.rate_hz
    if rate < _LEAST_RATE_HZ or len(stretch.time_s) < 2 * rate:
        return []
    from scipy.signal import find_peaks  # half a second to load, which a film without a face need not wait for

    lid, mouth, upper = (
        stretch.moved[:, :, window_index(*windows_of(role))].mean(2)
        for role in ("ripple", "ripple_not_mouth", "ripple_not_lid")
    )
    lid, upper = lid[..., 1], upper[..., 1]
    power, above = _power(lid, rate)
    other_power = power[:, ::-1]
    mouth_power = np.maximum(_power(mouth[..., 0], rate)[0], _power(mouth[..., 1], rate)[0])
    upper_power = _power(upper, rate)[0]
    closed = closed_share(stretch)[0]
    excursion = 2 * np.sqrt(2 * power)
    found: list[Ripple] = []
    low, high = (
        np.asarray(stretch.hidden[:, :, window_index(*windows_of(role))].any(2))
        for role in ("ripple", "ripple_not_lid")
    )
    for side in (0, 1):
        rival = np.maximum(np.maximum(other_power[:, side], mouth_power[:, side]), above[:, side])
        ratio = power[:, side] / np.maximum(rival, 1e-12)
        alone = power[:, side] > _OTHER_LID * upper_power[:, side]
        good = alone & (ratio > _AGAINST) & (excursion[:, side] > _SMALLEST_IOD) & (excursion[:, side] < _LARGEST_IOD)
        for run in segments(good, round(_SHORTEST_S * rate)):
            if max(low[run].mean(axis=0).max(), high[run, side].mean()) > _HIDDEN:
                continue
            if np.quantile(closed[run, side], 0.9) > _CLOSES:
                continue
            frequency, regular = _rhythm(lid[run, side], rate)
            if regular < _REGULAR:
                continue
            # A lone pulse rings in a band-pass: the pulses themselves are counted in what was measured.
            least = 0.4 * float(np.median(excursion[run, side]))  # chosen: 0.3 - 0.5
            pulses = len(find_peaks(lid[run, side], prominence=least, distance=max(1, round(0.08 * rate)))[0])
            if pulses < max(_PULSES, 0.6 * frequency * (run.stop - run.start) / rate):
                continue
            # The smoothed power reaches beyond the ripple: it ends where the excursion has fallen to half.
            strong = np.flatnonzero(excursion[run, side] > 0.5 * np.median(excursion[run, side]))
            run = slice(run.start + int(strong[0]), run.start + int(strong[-1]) + 1)
            apex = run.start + int(np.argmax(excursion[run, side]))
            strength = float(np.median(ratio[run])) / _AGAINST
            found.append(
                Ripple(
                    side=side,
                    onset_s=float(stretch.time_s[run.start]),
                    apex_s=float(stretch.time_s[apex]),
                    offset_s=float(stretch.time_s[run.stop - 1] + 1 / rate),
                    amplitude_iod=float(excursion[apex, side]) * WINDOW_GAIN,
                    rate_hz=frequency,
                    probability=float(np.clip(1 - 0.5 / strength, 0.5, 0.98)),
                )
            )
    return found


def _power(values: Array, rate: float) -> tuple[Array, Array]:
    """Local power (time, side) in the band, and in the band above scaled to the same width."""
    from scipy.signal import butter, sosfiltfilt

    band = butter(4, _BAND_HZ, "bandpass", fs=rate, output="sos")
    inside = gaussian_filter1d(sosfiltfilt(band, values, axis=0) ** 2, 0.25 * rate, axis=0)
    top = 0.95 * rate / 2
    high = butter(4, _ABOVE_HZ, "highpass", fs=rate, output="sos")
    outside = gaussian_filter1d(sosfiltfilt(high, values, axis=0) ** 2, 0.5 * rate, axis=0)
    width = (_BAND_HZ[1] - _BAND_HZ[0]) / max(top - _ABOVE_HZ, 0.5)
    return np.asarray(inside), np.asarray(outside * width)


def _rhythm(values: Array, rate: float) -> tuple[float, float]:
    """Strongest frequency in the band and the share of the band's power near it."""
    tapered = (values - values.mean()) * np.hanning(len(values))
    spectrum = np.abs(np.fft.rfft(tapered, 4 * len(tapered))) ** 2
    frequency = np.fft.rfftfreq(4 * len(tapered), 1 / rate)
    inside = (frequency >= _BAND_HZ[0]) & (frequency <= _BAND_HZ[1])
    peak = float(frequency[inside][np.argmax(spectrum[inside])])
    near = inside & (np.abs(frequency - peak) <= 1.2)
    return peak, float(spectrum[near].sum() / spectrum[inside].sum())
