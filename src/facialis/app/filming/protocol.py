"""What is filmed, one part after the other, in the words of the page."""

from __future__ import annotations

from string import Formatter
from typing import Any

from facialis.core.knowledge import load, sentences, wording

__all__ = ["PROTOCOLS", "SCRIPT_WORDS", "block_names", "block_words", "length_s", "plan_of", "script_words"]

PROTOCOLS = ("full", "short")
_LEAD = "lead"
SCRIPT_WORDS = (
    "app_film_asking",
    "app_film_denied",
    "app_film_busy",
    "app_film_insecure",
    "app_film_no_camera",
    "app_film_no_recorder",
    "app_film_testing",
    "app_film_tested",
    "app_film_why_lost",
    "app_film_why_copied",
    "app_film_why_slow",
    "app_film_safe",
    "app_film_offline",
    "app_film_whole_left",
    "app_film_ending",
    "app_film_sending",
    "app_film_hidden",
    "app_film_camera_gone",
    "app_film_thrown",
    "app_film_gone",
    "app_film_going_on",
)
"""What the page's script says; it fills the places itself."""


def _steps(protocol: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = load("filming.yaml")[protocol]["steps"]
    return steps


def _phases(step: dict[str, Any]) -> list[dict[str, Any]]:
    """Each with a length in seconds and the key of what is asked in it."""
    block, times, pause_s = step["block"], step.get("times", 1), step.get("pause_s", 0)
    phases: list[dict[str, Any]] = []
    for _ in range(times):
        phases.append({"do_s": step["do_s"], "say": f"app_film_do_{block}"})
        if pause_s:
            phases.append({"do_s": pause_s, "say": f"app_film_pause_{block}"})
    return phases


def length_s(protocol: str) -> float:
    """How long a protocol takes, with the time to read what comes next."""
    lead_s = load("filming.yaml")[_LEAD]["do_s"]
    steps = _steps(protocol)
    return float(sum(phase["do_s"] for step in steps for phase in _phases(step)) + lead_s * (len(steps) - 1))


def block_names() -> frozenset[str]:
    """Every part that any protocol has."""
    return frozenset(step["block"] for protocol in PROTOCOLS for step in _steps(protocol))


def block_words(name: str) -> str:
    """A part's name in the language spoken."""
    return wording(f"app_film_block_{name}") if name in block_names() else name


def script_words() -> dict[str, str]:
    """What the page's script says, in the language spoken, by the end of its key."""
    return {key.removeprefix("app_film_"): _unfilled(key) for key in SCRIPT_WORDS}


def _unfilled(key: str) -> str:
    places = [name for _, name, _, _ in Formatter().parse(sentences()[key]["text"]) if name]
    return wording(key, **{name: f"{{{name}}}" for name in places})


def plan_of() -> dict[str, Any]:
    """All that the page's script goes by: protocols with their sentences, and what the recorder must do."""
    recorder = {key: value for key, value in load("filming.yaml")["recorder"].items() if key != "references"}
    return {
        "lead_s": load("filming.yaml")[_LEAD]["do_s"],
        "recorder": recorder,
        "protocols": {
            protocol: [
                {
                    "block": step["block"],
                    "name": block_words(step["block"]),
                    "first": wording(f"app_film_first_{step['block']}"),
                    "phases": [{"do_s": p["do_s"], "say": wording(p["say"])} for p in _phases(step)],
                }
                for step in _steps(protocol)
            ]
            for protocol in PROTOCOLS
        },
    }
