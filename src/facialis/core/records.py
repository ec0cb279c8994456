"""Rows and dense arrays that every room speaks.

Rows are frozen, keyword-only dataclasses, checked when made. Dense data are arrays whose dimensions are named in
``dims``; times rise strictly, a gap is NaN. ``left`` and ``right`` are always the person's own; index 0 of a side
dimension is ``right`` (the half of the picture that a viewer sees on the left), index 1 is ``left``: see `SIDES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import RecordError
from facialis.core.occasion import Occasion

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "KINDS",
    "POSE",
    "SIDES",
    "SPASM_KINDS",
    "Block",
    "DetectionLimit",
    "Event",
    "FaceTrack",
    "Finding",
    "Frame",
    "Interval",
    "Kind",
    "Measure",
    "Motion",
    "Provenance",
    "Recording",
    "Session",
    "Severity",
    "Side",
    "eye_limit_iod",
]

Side = Literal["left", "right", "both"]
Kind = Literal["twitch", "tonic_spasm", "myokymia", "blink", "expression", "unclear"]
Severity = Literal["note", "caution", "serious"]

SIDES: tuple[Literal["right"], Literal["left"]] = ("right", "left")
POSE = ("yaw_deg", "pitch_deg", "roll_deg")
"""What the last dimension of `Motion.pose_deg` holds, in this order."""
KINDS: tuple[Kind, ...] = ("twitch", "tonic_spasm", "myokymia", "blink", "expression", "unclear")
SPASM_KINDS: tuple[Kind, ...] = KINDS[:3]
"""What counts as time in spasm, and as found where one of them is known to be."""

Array = NDArray[np.float64]


def _need(good: bool, message: str) -> None:
    if not good:
        raise RecordError(message)


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A half-open stretch of time ``[start_s, stop_s)`` in seconds from the first frame."""

    start_s: float
    stop_s: float

    def __post_init__(self) -> None:
        _need(self.stop_s >= self.start_s, f"interval ends ({self.stop_s} s) before it starts ({self.start_s} s)")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.stop_s - self.start_s


@dataclass(frozen=True, kw_only=True)
class Block:
    """A named part of the recording protocol, e.g. ``rest`` or ``pucker``."""

    name: str
    start_s: float
    stop_s: float

    def __post_init__(self) -> None:
        _need(bool(self.name) and self.stop_s > self.start_s >= 0, f"block {self.name!r} has no name or no length")


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One upright picture (rotation metadata applied) with its true presentation time.

    ``luma`` is (height, width) uint8 at full resolution, full range 0-255. ``chroma`` is (2, ceil(height/2),
    ceil(width/2)) uint8, Cb and Cr, 128 where the picture is grey.
    """

    index: int
    time_s: float
    luma: NDArray[np.uint8]
    chroma: NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A video file and how it was taken. Times in seconds from the first frame's presentation time.

    ``recorded_at`` is the moment its container says it was made, ISO 8601; a copy or an edit may have changed it.
    ``recorded_local``: it is the local time of the place where it was filmed; else it is UTC.
    ``damaged``: how many pictures, at least, are broken or lost; ``holds_another``: a second film was not read.
    ``resized``: how many pictures are stored in another size than the first. ``upside_down``: the face stood on its
    head, without a word of it in the file, and was measured in pictures turned by half.
    ``capture_rate_hz`` and ``playback_rate_hz`` are the camera's rate and that of the file where it plays slower than
    things happened, else None; all times are real. ``capture_rate_ignored``: the file names a rate that cannot be.
    """

    name: str
    sha256: str
    container: str
    codec: str
    width_px: int
    height_px: int
    rotation_deg: int
    duration_s: float
    frames: int
    frames_declared: int | None
    frame_rate_hz: float
    frame_interval_sd_ms: float
    variable_rate: bool
    truncated: bool
    gaps: tuple[Interval, ...] = ()
    recorded_at: str | None = None
    recorded_local: bool = False
    capture_rate_hz: float | None = None
    playback_rate_hz: float | None = None
    capture_rate_ignored: bool = False
    damaged: int = 0
    holds_another: bool = False
    resized: int = 0
    upside_down: bool = False

    def __post_init__(self) -> None:
        _need(self.frames >= 1 and self.duration_s > 0, f"recording {self.name!r} has no frames")
        _need(self.frame_rate_hz > 0, f"recording {self.name!r} has no frame rate")


@dataclass(frozen=True, kw_only=True)
class FaceTrack:
    """Where the followed face was.

    ``to_raster`` maps picture coordinates (x, y, 1) in pixels to the canonical face raster, one 2×3 matrix a frame;
    NaN where there was no face. ``outline_raster`` holds a few mesh points (see ``regions.yaml``) in coordinates of
    that raster, for drawing without a face.
    """

    dims: ClassVar[dict[str, tuple[str, ...]]] = {
        "time_s": ("time",),
        "to_raster": ("time", "row", "column"),
        "iod_px": ("time",),
        "box_px": ("time", "x0_y0_x1_y1"),
        "outline_raster": ("point", "xy"),
    }

    time_s: Array
    to_raster: Array
    iod_px: Array
    box_px: Array
    outline_raster: Array
    faces_seen: int

    def __post_init__(self) -> None:
        n = _times(self.time_s)
        _shape(self.to_raster, (n, 2, 3), "to_raster")
        _shape(self.iod_px, (n,), "iod_px")
        _shape(self.box_px, (n, 4), "box_px")
        _need(self.outline_raster.ndim == 2 and self.outline_raster.shape[1] == 2, "outline_raster must be (points, 2)")


@dataclass(frozen=True, kw_only=True)
class Motion:
    """Displacement per muscle region and side over time, with what else is needed to read it.

    ``displacement_iod`` is in share of the interocular distance: direction 0 is *lateral* (away from the midline is
    positive, on both sides), direction 1 is *up* (positive towards the brow). So a mirrored face has the same values
    with the sides swapped. ``aperture_iod`` is the eye opening, lid to lid. ``pose_deg`` is yaw, pitch, roll: yaw is
    positive when the nose turns to the person's left, pitch when it points up, roll when the head tilts to the
    person's left shoulder. ``quality`` is 0-1; 0 means unusable, and then everything else is NaN.
    """

    dims: ClassVar[dict[str, tuple[str, ...]]] = {
        "time_s": ("time",),
        "displacement_iod": ("time", "side", "region", "direction"),
        "error_iod": ("time", "side", "region"),
        "aperture_iod": ("time", "side"),
        "pose_deg": ("time", "yaw_pitch_roll"),
        "quality": ("time",),
    }

    time_s: Array
    regions: tuple[str, ...]
    displacement_iod: Array
    error_iod: Array
    aperture_iod: Array
    pose_deg: Array
    quality: Array

    def __post_init__(self) -> None:
        n = _times(self.time_s)
        r = len(self.regions)
        _shape(self.displacement_iod, (n, 2, r, 2), "displacement_iod")
        _shape(self.error_iod, (n, 2, r), "error_iod")
        _shape(self.aperture_iod, (n, 2), "aperture_iod")
        _shape(self.pose_deg, (n, 3), "pose_deg")
        _shape(self.quality, (n,), "quality")
        _need(bool(np.all((self.quality >= 0) & (self.quality <= 1))), "quality must lie in 0-1")


def _times(time_s: Array) -> int:
    _need(time_s.ndim == 1 and time_s.size > 0, "time_s must be a one-dimensional array with at least one time")
    _need(bool(np.all(np.isfinite(time_s))) and bool(np.all(np.diff(time_s) > 0)), "times must rise strictly")
    return int(time_s.size)


def _shape(values: Array, shape: tuple[int, ...], name: str) -> None:
    _need(values.shape == shape, f"{name} has shape {values.shape}, should have {shape}")
    _need(values.dtype == np.float64, f"{name} has type {values.dtype}, should have float64")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened on the face. ``detector`` says who says so: name, version, settings, or a rater."""

    onset_s: float
    duration_s: float
    trial_type: Kind
    side: Side
    regions: tuple[str, ...]
    apex_s: float
    amplitude_iod: float
    probability: float
    detector: str

    def __post_init__(self) -> None:
        _need(self.duration_s >= 0, f"event at {self.onset_s} s has a negative duration")
        _need(self.trial_type in KINDS, f"event at {self.onset_s} s has unknown type {self.trial_type!r}")
        _need(self.side in ("left", "right", "both"), f"event at {self.onset_s} s has unknown side {self.side!r}")
        _need(self.onset_s <= self.apex_s <= self.offset_s + 1e-9, f"event at {self.onset_s} s has its apex outside")
        _need(0 <= self.probability <= 1, f"event at {self.onset_s} s has probability {self.probability}")
        _need(self.amplitude_iod >= 0, f"event at {self.onset_s} s has a negative amplitude")

    @property
    def offset_s(self) -> float:
        """End of the event in seconds (not part of it)."""
        return self.onset_s + self.duration_s


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number with its interval. ``value`` None means not measurable, and ``why_not`` says why: never zero."""

    name: str
    value: float | str | None
    unit: str
    low: float | None = None
    high: float | None = None
    probability: float | None = None
    interval_kind: str = ""
    block: str = "all"
    why_not: str = ""

    def __post_init__(self) -> None:
        _need((self.value is None) == bool(self.why_not), f"{self.name}: a missing value says why, and only that")
        _need((self.low is None) == (self.high is None), f"{self.name}: an interval has two ends")
        if self.low is not None and self.high is not None:
            _need(self.low <= self.high, f"{self.name}: interval [{self.low}, {self.high}] is upside down")
            _need(self.probability is not None and bool(self.interval_kind), f"{self.name}: say the interval's kind")


_QUOTED = ("lower_lid", "infraorbital")  # both are counted to the lower lid (regions.yaml)


@dataclass(frozen=True, kw_only=True)
class DetectionLimit:
    """The smallest contraction that would have been found 9 times in 10, of the part of the face the region is counted
    to; ``limit_iod`` None: not measurable, or not told as a twitch without another region.
    """

    region: str
    side: Literal["left", "right"]
    limit_iod: float | None


def eye_limit_iod(by_region: Mapping[str, float | None]) -> float | None:
    """The limit that stands for one side, by region: that of the lower lid, where hemifacial spasm most often begins.

    None if that was not seen. A twitch of both lids is found from smaller sizes on. It is not the limit of the lower
    face.
    """
    return next((value for name in _QUOTED if (value := by_region.get(name)) is not None), None)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something about the recording's quality; ``code`` names the wording (what it means, what to do)."""

    code: str
    severity: Severity
    share: float
    value: float | None = None

    def __post_init__(self) -> None:
        _need(0 <= self.share <= 1, f"finding {self.code}: share {self.share} is not in 0-1")


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What made a result, so that it can be made again.

    ``revision`` is that of the measurement, 0 in results from before revisions were written; ``data_sha256`` the hash
    over the data files that it read, empty in such results. See `facialis.core.revision`.
    """

    facialis_version: str
    settings_fingerprint: str
    model_sha256: str
    revision: int = 0
    data_sha256: str = ""
    libraries: dict[str, str] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _need(self.revision >= 0, f"a revision of {self.revision} cannot be")


@dataclass(frozen=True, kw_only=True)
class Session:
    """Everything that was measured in one recording.

    ``signals`` and ``face`` are what `motion` and `track` return; None where they were not kept or not read. Neither
    takes part when sessions are compared.
    """

    recording: Recording
    usable_s: float
    rest_s: float
    events: tuple[Event, ...]
    measures: tuple[Measure, ...]
    limits: tuple[DetectionLimit, ...]
    findings: tuple[Finding, ...]
    blocks: tuple[Block, ...]
    provenance: Provenance
    occasion: Occasion = field(default_factory=Occasion)
    signals: Motion | None = field(default=None, compare=False, repr=False)
    face: FaceTrack | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        onsets = [event.onset_s for event in self.events]
        _need(onsets == sorted(onsets), "events are ordered by onset")

    def measure(self, name: str, block: str = "all") -> Measure:
        """The measure of this name and block; RecordError if there is none."""
        for item in self.measures:
            if item.name == name and item.block == block:
                return item
        raise RecordError(f"no measure {name!r} in block {block!r}")

    @property
    def motion(self) -> Motion:
        """The signals of the recording; RecordError if the session came without them."""
        if self.signals is None:
            raise RecordError("This session has no signals: it was read without its signals.parquet.")
        return self.signals

    @property
    def track(self) -> FaceTrack:
        """Where the face was; RecordError if the session came without it, as one that was read does."""
        if self.face is None:
            raise RecordError("This session does not say where the face was: measure the recording again.")
        return self.face

    def events_table(self) -> pa.Table:
        """Return the events as an Arrow table, one row each; see `facialis.core.tables.events_table`."""
        from facialis.core.tables import events_table

        return events_table(self.events, self.recording.name)

    def measures_table(self) -> pa.Table:
        """Return the measures as an Arrow table, one row per measure; see `facialis.core.tables.measures_table`."""
        from facialis.core.tables import measures_table

        return measures_table(self.measures, self.recording.name)

    def signals_table(self) -> pa.Table:
        """Return the signals as an Arrow table, one row per frame; RecordError if the session came without them."""
        from facialis.core.tables import signals_table

        return signals_table(self.motion)
