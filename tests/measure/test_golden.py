"""The numbers of a recording change with the revision of the measurement only."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from facialis.core.records import KINDS
from facialis.core.revision import MEASUREMENT_REVISION
from tests.measure.golden import differences, numbers, stored


def test_numbers_change_only_with_the_revision() -> None:
    golden = stored()
    assert golden["revision"] == MEASUREMENT_REVISION, (
        "The revision was raised. Store the numbers that belong to it: python -m tests.measure.golden"
    )
    changed = differences(golden["numbers"], numbers())
    assert not changed, (
        f"{len(changed)} numbers changed, but the revision is still {MEASUREMENT_REVISION}. Raise MEASUREMENT_REVISION "
        "in core/revision.py, name the change in CHANGELOG.md under 'Changes to numbers', and type: "
        "python -m tests.measure.golden"
    )


def test_every_kind_of_event_and_every_measure_is_in_it() -> None:
    signals = stored()["numbers"]["signals"]
    assert {event["trial_type"] for event in signals["events"]} >= set(KINDS) - {"unclear"}
    assert {event["side"] for event in signals["events"]} == {"left", "right", "both"}
    assert {row["block"] for row in signals["measures"]} == {"all", "rest", "task"}
    assert sum(row["value"] is not None for row in signals["measures"]) >= 15
    assert any(row["limit_iod"] for row in signals["limits"])


def doctored(change: str) -> dict[str, Any]:
    """The stored numbers, changed in one place."""
    numbers = copy.deepcopy(stored()["numbers"])
    signals, corner = numbers["signals"], numbers["pictures_iod"]["left mouth_corner"]
    if change.startswith("bound"):
        signals["bounds"][0] *= 1 + float(change.split()[1])
    elif change.startswith("corner"):
        corner[0] += float(change.split()[1])
    elif change == "event gone":
        signals["events"].pop()
    elif change == "other side":
        signals["events"][0]["side"] = "none"
    elif change == "not measurable":
        signals["measures"][0]["value"] = None
    return dict(numbers)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("bound 1e-5", True),
        ("bound 1e-8", False),
        ("corner 1e-4", True),
        ("corner 1e-6", False),
        ("event gone", True),
        ("other side", True),
        ("not measurable", True),
    ],
)
def test_a_change_is_seen_and_the_last_digit_is_not(change: str, seen: bool) -> None:
    assert bool(differences(stored()["numbers"], doctored(change))) is seen
