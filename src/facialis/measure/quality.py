"""What is wrong with a recording, so that the person can do something about it (the wording says what)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Finding, Motion, Recording, Severity
from facialis.measure.events.decision import Found
from facialis.measure.face.motion import Tracked
from facialis.measure.regions import groups, window_index
from facialis.measure.rest import rest_intervals, told_s, untold

__all__ = ["maybe_picture", "quality_findings", "usable_s"]

Array = NDArray[np.float64]

# All bounds are chosen where the detection limit begins to suffer on phantoms made smaller, darker, turned and slower;
# each changes a sentence in the report, never a number.
_FAR_PX = (40.0, 25.0)  # chosen: interocular distance, caution and serious; 10 px either way
_DARK = 90.0  # chosen: mean luma of the face of 255 above which noise is not the light's; 60 - 110
_NOISY = (0.95, 0.71)  # match of skin whose noise is a third of its texture, and as much; chosen 0.92 - 0.96, 0.6 - 0.8
_BEST = 0.9  # chosen: the better matches of a second have noise only, the others the head's movement too; 0.8 - 0.95
_BRIGHT = (225.0, 245.0)  # chosen: mean luma of the face of 255
_OBLIQUE_DEG = (20.0, 35.0)  # chosen: beyond 35 degrees the far side is mostly hidden
_RATE_HZ = (24.0, 15.0)  # a lid closes in 66 ms, two pictures at 30 Hz (Sforza 2008, PMID 18565090)
_MOVING_DEG_PER_S = 25.0  # chosen: faster turning smears a window within a picture; 15 - 40
_SHORT_S = (30.0, 10.0)  # half of the minute at rest of the protocol, and the least for a rate
_COVERED = (0.15, 0.5)  # chosen: share of all windows and pictures in which skin was not seen; 0.1 - 0.2, 0.4 - 0.6
_CROPPED = (0.1, 0.5)  # chosen: share of the pictures with a face in which a part lay outside; 0.05 - 0.2, 0.4 - 0.6
_REPEATED = (0.1, 0.5)  # chosen: 25 pictures in a 30 Hz file repeat a sixth; half repeated is no film; 0.05 - 0.15
_UNTOLD = 0.2  # chosen: so few blinks are cut by an end or a hidden lid in any film; 0.1 - 0.5
_LIFELESS_S = (20.0, 10.0)  # chosen: alone, and with another face in the picture; 15 - 30, 8 - 15 s
_LIFELESS_IOD = (0.015, 0.006)  # chosen, for the same: the mesh's noise moves the lids of ten stills by 0.002 to 0.013,
# people who moved or blinked did by 0.07 and more, one who did neither by 0.008 in ten seconds; 0.013 - 0.02,
# 0.005 - 0.007
_MENTION = 0.05  # chosen: what concerns less than a twentieth of the time is not worth a sentence; 0.02 - 0.1


def usable_s(found: Found) -> float:
    """Give the time in which twitches could be looked for.

    Parameters
    ----------
    found
        Events and the stretches in which they were looked for.

    Returns
    -------
    float
        Seconds: the sum over stretches. Gaps, runs of less than a second, and blinks that could not be told from a
        twitch of the lids (`facialis.measure.events.blink_course`) are left out.

    Notes
    -----
    A frame lasts one median interval here. A window that is hidden takes nothing off, so usable does not mean that all
    of the face was seen.

    Source
    ------
    ``docs/reference/measures/usable_time.md``.

    Examples
    --------
    >>> usable_s(found)  # doctest: +SKIP
    58.4
    """
    return told_s(found, found.usable)


def quality_findings(recording: Recording, tracked: Tracked, found: Found) -> tuple[Finding, ...]:
    """Say what is wrong with a recording, the worst first.

    Parameters
    ----------
    recording
        Facts of the file: frame rate in Hz, gaps in s, whether it was cut short.
    tracked
        Signals (time, …), interocular distance in px, pose in deg, luma of the face (0–255), repeated frames.
    found
        Events and the stretches in which they were looked for.

    Returns
    -------
    tuple of Finding
        Serious ones first, then cautions, then notes; ``share`` (0–1) of what it concerns, ``value`` in the unit of its
        code, or None.

    Notes
    -----
    Shares of size, light, pose and covered skin are of the frames with a face; those of a lost, moving or repeated face
    of all frames, and a gap counts as no movement. Shares count frames, not seconds, so with a variable rate they are
    not of time. A rate below 24 Hz gives a caution, below 15 Hz it is serious; a variable one is only a note. A finding
    changes a sentence, never a number. None does not mean a good recording: sharpness and compression are not looked
    at, and show in the detection limits.

    Source
    ------
    ``docs/reference/findings.md``; Sforza et al. 2008, PMID 18565090, for the frame rate.

    Examples
    --------
    >>> [finding.code for finding in quality_findings(recording, tracked, found)]  # doctest: +SKIP
    ['too_dark', 'variable_rate']
    """
    motion, track = tracked.motion, tracked.track
    rows: list[Finding] = []
    seen = motion.quality > 0
    _below(rows, "too_far", track.iod_px, _FAR_PX, seen)
    rows += _too_dark(tracked, seen)
    _below(rows, "too_bright", -tracked.luma_mean, (-_BRIGHT[0], -_BRIGHT[1]), seen)
    _below(rows, "too_oblique", -np.abs(motion.pose_deg[:, :2]).max(1), (-_OBLIQUE_DEG[0], -_OBLIQUE_DEG[1]), seen)
    missing = float(1 - seen.mean())
    if missing > _MENTION:
        rows.append(_finding("face_lost", "serious" if missing > 0.5 else "caution", missing))
    moving = _moving_share(motion)
    if moving > 2 * _MENTION:
        rows.append(_finding("moving", "caution", moving))
    time = usable_s(found)
    if time > 0:
        restless = 1 - told_s(found, rest_intervals(found)) / time
        if restless > 0.5:
            rows.append(_finding("restless", "caution", restless))
    if time < _SHORT_S[0]:
        rows.append(_finding("short", "serious" if time < _SHORT_S[1] else "caution", 1.0, time))
    blinks, judged = len(found.blinks.untold), len(found.blinks.judged)
    if blinks > _UNTOLD * (blinks + judged):
        length = sum(part.duration_s for part in untold(found))
        rows.append(_finding("blinks_untold", "note", length / max(time + length, 1e-6), float(blinks)))
    if maybe_picture(tracked, found):
        rows.append(_finding("maybe_picture", "serious", 1.0, time))
    rows += [*_of_file(recording), *_of_pictures(tracked)]
    order = {"serious": 0, "caution": 1, "note": 2}
    return tuple(sorted(rows, key=lambda row: order[row.severity]))


def maybe_picture(tracked: Tracked, found: Found) -> bool:
    """Whether nothing in a face ever moved, not even a lid, so that it may be a picture of one.

    Parameters
    ----------
    tracked
        Signals; of them the opening of the eyes (time, side) in IOD, and how many faces were in view.
    found
        Events and the stretches in which they were looked for.

    Returns
    -------
    bool
        True where there is no event but unclear ones, and both openings stay within 0.015 IOD (98 of 100 pictures)
        for 20 s; where another face was in view, which may be the living one, within 0.006 IOD for 10 s.

    Notes
    -----
    Gaps do not count. False does not mean that the face lives: a film shown on a screen does move. True does not mean
    that it does not: somebody may look ahead for 20 s without a blink.

    Source
    ------
    ``docs/reference/findings.md``. People blink 10 to 20 times a minute at rest, hardly any less than every 20 s.

    Examples
    --------
    >>> maybe_picture(tracked, found)  # doctest: +SKIP
    False
    """
    beside = tracked.track.faces_seen > 1
    if usable_s(found) < _LIFELESS_S[beside] or any(event.trial_type != "unclear" for event in found.events):
        return False
    opening = tracked.motion.aperture_iod
    opening = opening[np.isfinite(opening).all(1)]
    if not len(opening):
        return False
    low, high = np.quantile(opening, (0.01, 0.99), axis=0)
    return bool((high - low).max() < _LIFELESS_IOD[beside])


def _too_dark(tracked: Tracked, seen: NDArray[np.bool_]) -> list[Finding]:
    """Skin that drowns in the noise of too little light, whatever its colour: dark skin in good light does not.

    A picture of skin agrees with the mean of others by 1 / √(1 + r²), r being its noise as a share of its texture.
    """
    second = np.floor(tracked.motion.time_s).astype(np.int64)
    match = np.full(len(second), np.nan)
    for one in np.unique(second[seen]):
        inside = seen & (second == one)
        match[inside] = np.quantile(tracked.motion.quality[inside], _BEST)
    dim = seen & (tracked.luma_mean < _DARK)
    total = max(int(seen.sum()), 1)
    caution, serious = (float((dim & (match < bound)).sum() / total) for bound in _NOISY)
    if caution <= _MENTION:
        return []
    luma = float(np.median(tracked.luma_mean[dim & (match < _NOISY[0])]))
    return [_finding("too_dark", "serious" if serious > 0.5 else "caution", caution, luma)]


def _of_file(recording: Recording) -> list[Finding]:
    """What is wrong with the file, whatever it shows."""
    rows: list[Finding] = []
    rate = recording.frame_rate_hz
    if rate < _RATE_HZ[0]:
        rows.append(_finding("rate_low", "serious" if rate < _RATE_HZ[1] else "caution", 1.0, rate))
    if recording.truncated:
        rows.append(_finding("truncated", "caution", 1.0))
    if recording.holds_another:
        rows.append(_finding("holds_another", "caution", 1.0))
    if recording.upside_down:
        rows.append(_finding("upside_down", "note", 1.0))
    if recording.resized:
        rows.append(_finding("resized", "caution", recording.resized / recording.frames, float(recording.resized)))
    if recording.damaged:
        lost = recording.damaged / (recording.frames + recording.damaged)
        rows.append(_finding("damaged", "caution", lost, float(recording.damaged)))
    holes = sum(gap.duration_s for gap in recording.gaps)
    if recording.gaps:
        rows.append(_finding("gaps", "caution", min(1.0, holes / recording.duration_s), holes))
    if recording.capture_rate_hz is not None:
        rows.append(_finding("slow_motion", "note", 1.0, recording.capture_rate_hz))
    if recording.capture_rate_ignored:
        rows.append(_finding("speed_unclear", "caution", 1.0))
    if recording.variable_rate:
        rows.append(_finding("variable_rate", "note", 1.0, recording.frame_interval_sd_ms))
    return rows


def _of_pictures(tracked: Tracked) -> list[Finding]:
    """What the pictures show besides one moving face."""
    rows: list[Finding] = []
    seen = tracked.motion.quality > 0
    covered = float((~np.isfinite(tracked.motion.displacement_iod[seen][..., 0])).mean()) if seen.any() else 0.0
    if tracked.outside_share is not None:
        rows += _cropped(tracked.outside_share)
        covered -= float(tracked.outside_share.mean())
    if tracked.covered_share is not None:
        rows += _not_skin(tracked.covered_share)
        covered -= float(tracked.covered_share.mean())
    if covered > _COVERED[0]:
        rows.append(_finding("covered", "serious" if covered > _COVERED[1] else "caution", covered))
    if tracked.repeated_share > _REPEATED[0]:
        serious = tracked.repeated_share > _REPEATED[1]
        rows.append(_finding("frozen", "serious" if serious else "caution", tracked.repeated_share))
    if tracked.another_from_s is not None:
        later = float((tracked.motion.time_s >= tracked.another_from_s).mean())
        rows.append(_finding("two_people_in_turn", "serious", later, tracked.another_from_s))
    if tracked.track.faces_seen > 1:
        rows.append(_finding("several_faces", "note", 1.0, float(tracked.track.faces_seen)))
    return rows


def _cropped(outside: Array) -> list[Finding]:
    """Which parts of the face lay outside the picture: at either end only the part that reaches furthest into it."""
    share = {name: float(outside[:, window_index(*windows)].max()) for name, windows in groups().items()}
    right, left = outside[:, window_index(*groups()["eye"])].max(axis=1)
    if abs(right - left) > _CROPPED[0]:
        return [_finding("cropped_side", _how_bad(share["eye"]), share["eye"])]
    rows: list[Finding] = []
    if share["eye"] > _CROPPED[0]:
        rows.append(_finding("cropped_eyes", _how_bad(share["eye"]), share["eye"]))
    elif share["brow"] > _CROPPED[0]:
        rows.append(_finding("cropped_brow", _how_bad(share["brow"]), share["brow"]))
    if share["mouth"] > _CROPPED[0]:
        rows.append(_finding("cropped_mouth", _how_bad(share["mouth"]), share["mouth"]))
    elif share["low"] > _CROPPED[0]:
        rows.append(_finding("cropped_chin", _how_bad(share["low"]), share["low"]))
    return rows


def _not_skin(covered: Array) -> list[Finding]:
    """Where something else than skin was: over the eyes, the mouth, or what is named only without these."""
    share = {name: float(covered[:, window_index(*windows)].max()) for name, windows in groups().items()}
    rows: list[Finding] = []
    if share["eye"] > _CROPPED[0]:
        rows.append(_finding("not_skin_eye", _how_bad(share["eye"]), share["eye"]))
    elif share["brow"] > _CROPPED[0]:
        rows.append(_finding("not_skin_brow", _how_bad(share["brow"]), share["brow"]))
    if share["mouth"] > _CROPPED[0]:
        return [*rows, _finding("not_skin_mouth", _how_bad(share["mouth"]), share["mouth"])]
    if share["mid"] > _CROPPED[0]:
        rows.append(_finding("not_skin_mid", _how_bad(share["mid"]), share["mid"]))
    if share["low"] > _CROPPED[0]:
        rows.append(_finding("not_skin_low", _how_bad(share["low"]), share["low"]))
    return rows


def _how_bad(share: float) -> Severity:
    return "serious" if share > _CROPPED[1] else "caution"


def _finding(code: str, severity: Severity, share: float, value: float | None = None) -> Finding:
    return Finding(code=code, severity=severity, share=float(np.clip(share, 0, 1)), value=value)


def _below(rows: list[Finding], code: str, values: Array, bounds: tuple[float, float], seen: NDArray[np.bool_]) -> None:
    known = values[seen & np.isfinite(values)]
    if known.size == 0:
        return
    caution, serious = float((known < bounds[0]).mean()), float((known < bounds[1]).mean())
    if serious > 0.5:
        rows.append(_finding(code, "serious", serious, abs(float(np.median(known)))))
    elif caution > _MENTION:
        rows.append(_finding(code, "caution", caution, abs(float(np.median(known)))))


def _moving_share(motion: Motion) -> float:
    step = np.diff(motion.time_s)
    speed = np.linalg.norm(np.diff(motion.pose_deg, axis=0), axis=1) / np.maximum(step, 1e-3)
    # A tenth of a second smooths the mesh's own jitter, which is no movement.
    width = max(1, round(0.1 / float(np.median(step)))) if len(step) else 1
    smooth = np.convolve(np.nan_to_num(speed), np.ones(width) / width, mode="same")
    return float((smooth > _MOVING_DEG_PER_S).mean()) if len(smooth) else 0.0
