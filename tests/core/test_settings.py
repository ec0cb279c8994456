"""Settings refuse nonsense, and their fingerprint changes when, and only when, a number can."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from facialis.core.errors import SettingsError
from facialis.core.settings import DecodeLimits, EventSettings, FaceSettings, Settings


def test_equal_settings_have_equal_fingerprints_in_every_process() -> None:
    code = "from facialis.core.settings import Settings; print(Settings().fingerprint())"
    for seed in ("0", "1"):
        child = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert child.stdout.strip() == Settings().fingerprint()


@pytest.mark.parametrize(
    "other",
    [
        Settings(face=FaceSettings(choice=2)),
        Settings(face=FaceSettings(choice=1)),
        Settings(events=EventSettings(false_alarms_per_min=0.5)),
    ],
)
def test_what_can_change_a_number_changes_the_fingerprint(other: Settings) -> None:
    assert other.fingerprint() != Settings().fingerprint()


def test_limits_of_decoding_do_not_change_the_fingerprint() -> None:
    assert Settings(limits=DecodeLimits(frames=10)).fingerprint() == Settings().fingerprint()


@pytest.mark.parametrize("choice", [0, -1, "smallest", 1.5, None])
def test_faces_are_the_largest_or_counted_from_one(choice: Any) -> None:
    with pytest.raises(SettingsError, match="face"):
        FaceSettings(choice=choice)


@pytest.mark.parametrize("rate", [0, -1, 11, float("nan"), float("inf")])
def test_false_alarm_rates_stay_in_range(rate: float) -> None:
    with pytest.raises(SettingsError, match="false_alarms_per_min"):
        EventSettings(false_alarms_per_min=rate)


@pytest.mark.parametrize("name", ["pixels", "frames", "duration_s", "memory_bytes", "cpu_s_per_frame", "idle_s"])
def test_limits_are_positive(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        DecodeLimits(**{name: 0})
