"""What a phantom is to be: who, filmed how, doing what and when.

`PhantomSpec` is the whole of it; `read_spec` reads one from a YAML file, and says the line of what it cannot use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, cast, get_type_hints

import numpy as np
import yaml
from numpy.typing import NDArray

from facialis.core.errors import FormatError
from facialis.core.knowledge import data_bytes
from facialis.core.reading import TABLE_BYTES, as_text, read_bytes, unreadable
from facialis.film.encode import CODECS, Codec
from facialis.phantom.acts import (
    Absence,
    Act,
    Blink,
    Expression,
    Gaze,
    HeadMotion,
    LightChange,
    Occlusion,
    Speech,
)
from facialis.phantom.contractions import PATTERNS, REGIONS, Contraction, Muscles, Train, check
from facialis.phantom.head import PEOPLE
from facialis.phantom.skin import TONES

__all__ = [
    "BACKGROUNDS",
    "Camera",
    "Identity",
    "PhantomSpec",
    "as_spec",
    "parse_spec",
    "read_spec",
    "shipped_spec",
]

Floats = NDArray[np.float64]
BACKGROUNDS = ("wall", "grey", "busy")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whose face: one of four face shapes, in one of four skin tones."""

    person: str = "man_a"
    tone: str = "light"

    def __post_init__(self) -> None:
        check(self.person in PEOPLE, "person", self.person, f"one of {', '.join(PEOPLE)}")
        check(self.tone in TONES, "tone", self.tone, f"one of {', '.join(TONES)}")


@dataclass(frozen=True, kw_only=True)
class Camera:
    """The camera, its sensor and its file.

    ``iod_share`` is the interocular distance of the resting head as a share of the picture's shorter side. Sensor noise
    of a grey level y has the variance ``gain`` · y + ``read_noise``². ``rotation_deg`` stores the picture turned, with
    metadata to turn it back, as phones do. ``jitter_ms`` is the standard deviation of the times of a camera of variable
    rate. ``blur_samples`` above 1 averages that many moments over ``exposure_share`` of a frame (motion blur).
    """

    width_px: int = 640
    height_px: int = 640
    iod_share: float = 0.22
    distance_iod: float = 11.0
    codec: Codec = "libx264"
    crf: int = 20
    gain: float = 0.02
    read_noise: float = 1.0
    vignette: float = 0.12
    background: str = "wall"
    rotation_deg: int = 0
    jitter_ms: float = 0.0
    blur_samples: int = 1
    exposure_share: float = 0.4

    def __post_init__(self) -> None:
        for key in ("width_px", "height_px"):
            value = getattr(self, key)
            check(
                isinstance(value, int) and 64 <= value <= 2160 and value % 2 == 0,
                key,
                value,
                "an even number between 64 and 2160",
            )
        check(0.03 <= self.iod_share <= 0.4, "iod_share", self.iod_share, "between 0.03 and 0.4")
        check(5 <= self.distance_iod <= 60, "distance_iod", self.distance_iod, "between 5 and 60")
        check(self.codec in CODECS, "codec", self.codec, f"one of {', '.join(CODECS)}")
        check(0 <= self.crf <= 51, "crf", self.crf, "between 0 and 51")
        check(0 <= self.gain <= 5, "gain", self.gain, "between 0 and 5")
        check(0 <= self.read_noise <= 50, "read_noise", self.read_noise, "between 0 and 50")
        check(0 <= self.vignette <= 1, "vignette", self.vignette, "between 0 and 1")
        check(self.background in BACKGROUNDS, "background", self.background, f"one of {', '.join(BACKGROUNDS)}")
        check(self.rotation_deg in (0, 90, 180, 270), "rotation_deg", self.rotation_deg, "0, 90, 180 or 270")
        check(0 <= self.jitter_ms <= 50, "jitter_ms", self.jitter_ms, "between 0 and 50")
        check(1 <= self.blur_samples <= 16, "blur_samples", self.blur_samples, "between 1 and 16")
        check(0 < self.exposure_share <= 1, "exposure_share", self.exposure_share, "above 0 and at most 1")


@dataclass(frozen=True, kw_only=True)
class PhantomSpec:
    """Everything about a phantom. Equal specifications give equal pictures and equal truth."""

    name: str = "phantom"
    duration_s: float = 10.0
    frame_rate_hz: float = 30.0
    seed: int = 0
    identity: Identity = field(default_factory=Identity)
    camera: Camera = field(default_factory=Camera)
    acts: tuple[Act, ...] = ()

    def __post_init__(self) -> None:
        check(0 < self.duration_s <= 7200, "duration_s", self.duration_s, "above 0 and at most 7200")
        check(1 <= self.frame_rate_hz <= 240, "frame_rate_hz", self.frame_rate_hz, "between 1 and 240")
        check(self.frames >= 1, "duration_s", self.duration_s, "at least one frame long")
        check(self.seed >= 0, "seed", self.seed, "0 or more")
        check(
            self.camera.jitter_ms < 250 / self.frame_rate_hz,
            "jitter_ms",
            self.camera.jitter_ms,
            "below a quarter of the time between frames",
        )

    @property
    def frames(self) -> int:
        """How many pictures there are."""
        return round(self.duration_s * self.frame_rate_hz)

    def times_s(self) -> Floats:
        """Presentation time of every frame; the first is 0."""
        times = np.arange(self.frames) / self.frame_rate_hz
        if self.camera.jitter_ms:
            rng = np.random.Generator(np.random.SFC64([self.seed, 11]))
            most = 0.45 / self.frame_rate_hz  # so that times keep rising
            times += np.clip(rng.normal(0, self.camera.jitter_ms / 1000, len(times)), -most, most)
            times = np.round(times - times[0], 6)
        return np.asarray(times, dtype=np.float64)

    @property
    def iod_px(self) -> float:
        """Interocular distance of the resting head in the picture, in pixels."""
        return self.camera.iod_share * min(self.camera.width_px, self.camera.height_px)

    def shifted(self, by_s: float) -> PhantomSpec:
        """The same with all acts later by ``by_s``."""
        acts = tuple(replace(act, onset_s=act.onset_s + by_s) for act in self.acts)
        return replace(self, acts=acts)

    def mirrored(self) -> PhantomSpec:
        """The same with left and right acts exchanged. The face and the light stay as they are."""
        return replace(self, acts=tuple(_mirrored(act) for act in self.acts))

    def fingerprint(self) -> str:
        """SHA-256 of everything in it, as hexadecimal digits."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def _mirrored(act: Act) -> Act:
    change: dict[str, object] = {}
    other = {"left": "right", "right": "left", "both": "both"}
    if hasattr(act, "side"):
        change["side"] = other[act.side]
    for key in ("asynchrony_ms", "longer_ms", "imbalance", "left_deg", "yaw_deg", "roll_deg", "x_iod", "turn_deg"):
        if hasattr(act, key):
            change[key] = -getattr(act, key)
    return replace(act, **change)  # type: ignore[arg-type]


# --- reading -------------------------------------------------------------------------------------------------------


_ACTS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "contraction": Contraction,
        "train": Train,
        "blink": Blink,
        "expression": Expression,
        "speech": Speech,
        "gaze": Gaze,
        "head_motion": HeadMotion,
        "light_change": LightChange,
        "occlusion": Occlusion,
        "absence": Absence,
    }
)


def read_spec(path: Path) -> PhantomSpec:
    """The specification in a YAML file.

    Raises
    ------
    FormatError
        If it cannot be read or used; the message names the line, the advice says what is allowed.
    """
    try:
        text = as_text(read_bytes(path, TABLE_BYTES))
    except OSError as error:
        raise unreadable(path, error, "Give the name of a YAML file.") from error
    except ValueError as error:
        raise FormatError(f"{path.name} is not a text file.", advice="Give the name of a YAML file.") from error
    return parse_spec(text, path.name, path.stem)


def as_spec(given: PhantomSpec | Path | str) -> PhantomSpec:
    """The specification itself, or the one in a YAML file or YAML text; a text that ends in ``.yaml`` is a file's path.

    Raises
    ------
    FormatError
        As `read_spec` and `parse_spec`.
    """
    if isinstance(given, PhantomSpec):
        return given
    if isinstance(given, Path) or given.endswith((".yaml", ".yml")):
        return read_spec(Path(given))
    return parse_spec(given, "the specification", "phantom")


def shipped_spec(name: str) -> PhantomSpec:
    """A specification that comes with facialis, e.g. ``demo``."""
    return parse_spec(data_bytes(f"phantoms/{name}.yaml").decode(), f"{name}.yaml", name)


def parse_spec(text: str, source: str, name: str) -> PhantomSpec:
    """The specification in a YAML text; ``source`` is what messages call it, ``name`` its name unless it says one."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "it holds a character that YAML does not allow"
        raise FormatError(f"{source}{line} is not valid YAML: {problem}.", advice="Look at that line.") from error
    except RecursionError as error:
        raise FormatError(f"{source} has too many brackets in one another.", advice="Write it plainly.") from error
    if node is None:
        return PhantomSpec(name=name)
    return _Reader(source).spec(node, name)


def _number(value: object) -> float | None:
    """A finite number, or None for anything else."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return float(cast(float, value)) if good else None


class _Reader:
    """Turns YAML nodes into rows, and names the line of what is wrong."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._loader = yaml.SafeLoader("")

    def spec(self, node: yaml.Node, name: str) -> PhantomSpec:
        keys = self._keys(node)
        values: dict[str, object] = {"name": name}
        values |= self._values(
            PhantomSpec,
            {k: v for k, v in keys.items() if k not in ("identity", "camera", "acts")},
            {f.name for f in fields(PhantomSpec)},
        )
        for key, kind in (("identity", Identity), ("camera", Camera)):
            if key in keys:
                values[key] = self._row(kind, keys[key])
        if "acts" in keys:
            rows = keys["acts"]
            if not isinstance(rows, yaml.SequenceNode):
                self._refuse(rows, "acts is not a list.", "Write each act on a line that begins with a dash.")
            values["acts"] = tuple(self._act(row) for row in rows.value)
        return cast(PhantomSpec, self._make(PhantomSpec, values, keys, node))

    def _act(self, node: yaml.Node) -> Act:
        keys = self._keys(node)
        kinds = ", ".join(_ACTS)
        if "act" not in keys:
            self._refuse(node, "An act does not say which it is.", f"Begin it with act: and one of {kinds}.")
        kind = self._plain(keys["act"])
        if not isinstance(kind, str) or kind not in _ACTS:
            self._refuse(keys["act"], f"act is {kind!r}.", f"It must be one of {kinds}.")
        return cast(Act, self._row(_ACTS[kind], node, ignore="act"))

    def _row(self, kind: type[Any], node: yaml.Node, ignore: str = "") -> object:
        keys = {key: value for key, value in self._keys(node).items() if key != ignore}
        known = {f.name for f in fields(kind)}
        values = self._values(kind, keys, known)
        needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
        for name in needed:
            if name not in values:
                self._refuse(node, f"{name} is missing.", f"Needed here: {', '.join(needed)}.")
        return self._make(kind, values, keys, node)

    def _values(self, kind: type[Any], keys: Mapping[str, yaml.Node], known: set[str]) -> dict[str, object]:
        hints = get_type_hints(kind)
        out: dict[str, object] = {}
        for key, node in keys.items():
            if key not in known:
                self._refuse(node, f"{key!r} is not known here.", f"Known are {', '.join(sorted(known))}.")
            out[key] = self._value(key, node, str(hints[key]))
        return out

    def _value(self, key: str, node: yaml.Node, hint: str) -> object:
        value = self._plain(node)
        if key == "regions":
            return self._regions(node, value)
        if "tuple[float, float]" in hint:
            ends = [_number(end) for end in (value if isinstance(value, list) else [value, value])]
            if len(ends) != 2 or None in ends:
                self._refuse(node, f"{key} is {value!r}.", "It must be a number or two numbers: [first, last].")
            return tuple(ends)
        number = _number(value)
        if "float" in hint or ("int" in hint and "Literal" not in hint):
            if number is None or ("float" not in hint and number != int(number)):
                kind = "a number" if "float" in hint else "a whole number"
                self._refuse(node, f"{key} is {value!r}.", f"It must be {kind}.")
            return number if "float" in hint else int(number)
        if not isinstance(value, str):
            self._refuse(node, f"{key} is {value!r}.", "It must be a word.")
        return value

    def _regions(self, node: yaml.Node, value: object) -> Muscles:
        if isinstance(value, str) and value in PATTERNS:
            return PATTERNS[value]
        if isinstance(value, list) and all(isinstance(q, str) for q in value):
            return tuple((q, 1.0) for q in value)
        if isinstance(value, dict):
            weights = [_number(weight) for weight in value.values()]
            if None not in weights:
                return tuple(zip((str(key) for key in value), cast(list[float], weights), strict=True))
        return self._refuse(
            node,
            f"regions is {value!r}.",
            f"It must be a pattern ({', '.join(PATTERNS)}), a list of regions ({', '.join(REGIONS)}), or regions "
            "with a weight each.",
        )

    def _make(
        self, kind: type[Any], values: Mapping[str, object], keys: Mapping[str, yaml.Node], node: yaml.Node
    ) -> object:
        try:
            return kind(**values)
        except FormatError as error:  # it begins with the key: that has a line
            key = error.message.split(" ", 1)[0]
            return self._refuse(keys.get(key, node), error.message, error.advice)

    def _keys(self, node: yaml.Node) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, "Names with values are needed here.", "Write them as name: value.")
        out: dict[str, yaml.Node] = {}
        for key, value in node.value:
            word = str(self._plain(key))
            if word in out:
                self._refuse(key, f"{word} is said twice.", "Say it once.")
            out[word] = value
        return out

    def _plain(self, node: yaml.Node) -> object:
        try:
            return self._loader.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            raise self._error(node, "This value cannot be read.", "Write a plain word or number.") from error

    def _error(self, node: yaml.Node, message: str, advice: str) -> FormatError:
        return FormatError(f"{self._source}, line {node.start_mark.line + 1}: {message}", advice=advice)

    def _refuse(self, node: yaml.Node, message: str, advice: str) -> NoReturn:
        raise self._error(node, message, advice)
