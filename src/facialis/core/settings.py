"""Frozen settings: what a user can choose that changes a number, with a fingerprint that is stored with each result.

Constants in the code and data files change numbers too: `facialis.core.revision` stands for those.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from facialis.core.errors import SettingsError
from facialis.core.messages import said
from facialis.core.version import __version__

__all__ = ["DecodeLimits", "EventSettings", "FaceSettings", "Settings", "detector_name"]

FaceChoice = Literal["largest"] | int


def _check(good: bool, name: str, value: object, key: str) -> None:
    if not good:
        raise SettingsError(**said(key, name=name, value=repr(value)))


@dataclass(frozen=True, kw_only=True)
class DecodeLimits:
    """What a recording may cost before it is refused; the decoding child process is held to it.

    All are chosen as far above ordinary use (ten minutes of 4K60 from a phone) and far below harm.
    """

    pixels: int = 3840 * 2400  # chosen: 4K UHD and a margin; 8K is refused
    frames: int = 1_000_000  # chosen: 4.6 h at 60 frames/s
    duration_s: float = 6 * 3600.0  # chosen: no protocol is longer than minutes; 1 h - 24 h changes nothing
    memory_bytes: int = 1_500_000_000  # design figure for the decoding child: 1.5 GB
    cpu_s_per_frame: float = 2.0  # chosen: 100 times what a 4K frame needs
    idle_s: float = 30.0  # chosen: a decoder silent this long hangs; 10 - 60 s changes nothing

    def __post_init__(self) -> None:
        for name in ("pixels", "frames", "duration_s", "memory_bytes", "cpu_s_per_frame", "idle_s"):
            _check(getattr(self, name) > 0, name, getattr(self, name), "setting_positive")


@dataclass(frozen=True, kw_only=True)
class FaceSettings:
    """How the face is found and stabilised."""

    choice: FaceChoice = "largest"
    """``"largest"``: the largest steady face; a number: that face, from the left edge of the picture, from 1."""

    def __post_init__(self) -> None:
        _check(
            self.choice == "largest" or (isinstance(self.choice, int) and self.choice >= 1),
            "face",
            self.choice,
            "setting_face",
        )


@dataclass(frozen=True, kw_only=True)
class EventSettings:
    """How events are found."""

    false_alarms_per_min: float = 0.2
    """Asked-for rate of twitches reported from noise alone, per minute of usable time."""

    def __post_init__(self) -> None:
        _check(
            0.001 <= self.false_alarms_per_min <= 10,
            "false_alarms_per_min",
            self.false_alarms_per_min,
            "setting_false_alarms",
        )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of a measurement. Equal settings have equal fingerprints, whatever machine made them."""

    face: FaceSettings = field(default_factory=FaceSettings)
    events: EventSettings = field(default_factory=EventSettings)
    limits: DecodeLimits = field(default_factory=DecodeLimits)

    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change when, and only when, a setting that can change a number changes.

        Decoding limits decide whether a recording is refused, not what is measured, and are left out.
        """
        values = asdict(self)
        del values["limits"]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]


def detector_name(settings: Settings) -> str:
    """Return what stands in an event's ``detector`` column: name, version and settings fingerprint."""
    return f"facialis {__version__} {settings.fingerprint()}"
