"""All parts of the proof in turn: ``make validate``, or ``python -m validation``.

Each part is a command of its own as well: ``python -m validation.mixed``. With ``--write-docs`` the tables are written
into docs/reference/proof.md. Ends with 0 if all goals are reached, else with 1; what is not reached is said.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from validation import (
    attacks,
    baselines,
    bound,
    coverage,
    false_alarms,
    healthy,
    kinds,
    ladder,
    mixed,
    numbers,
    stated_limit,
    strangers,
)
from validation.outcome import Goal, Outcome, finish
from validation.proof_page import write_page
from validation.trial import Trial, begin, print_table

# In this order, with the minutes of one core that each takes, the cache empty; for the long ones from parts of them.
PARTS: Mapping[str, tuple[Callable[[Trial], Outcome], float]] = MappingProxyType(
    {
        "mixed": (mixed.run, 2.0),
        "attacks": (attacks.run, 4.0),
        "healthy": (healthy.run, 1.0),
        "strangers": (strangers.run, 7.0),
        "false_alarms": (false_alarms.run, 8.0),
        "kinds": (kinds.run, 8.0),
        "stated_limit": (stated_limit.run, 20.0),
        "ladder": (ladder.run, 18.0),
        "baselines": (baselines.run, 7.0),
        "numbers": (numbers.run, 6.0),
        "coverage": (coverage.run, 3.0),
        "bound": (bound.run, 2.0),
    }
)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def main() -> int:
    """Run what was asked for; see the module."""
    trial = begin("validation", __doc__, seeds=1, only="", write_docs=False)
    names = trial.options.only.split(",") if trial.options.only else list(PARTS)
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        print(f"There is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}.", file=sys.stderr)
        return 3
    outcomes: list[Outcome] = []
    began, whole, done = time.monotonic(), sum(PARTS[n][1] for n in names), 0.0
    for k, name in enumerate(names):
        spent = time.monotonic() - began
        left = f", about {_minutes(spent / done * (whole - done))} left" if done else ""
        trial.say(f"\n[{k + 1} of {len(names)}] {name}: after {_minutes(spent)}{left}")
        part_began = time.monotonic()
        outcome = PARTS[name][0](trial)
        outcome.took_s = time.monotonic() - part_began
        outcome.show()
        trial.say(f"{name} took {_minutes(outcome.took_s)}")
        outcomes.append(outcome)
        if trial.options.write_docs:  # after each: hours of work must not hang on the last part
            write_page([outcome])
        done += PARTS[name][1]
    goals: list[tuple[str, Goal]] = [(o.name, g) for o in outcomes for g in o.goals]
    rows = [[part, g.what, g.wanted, g.said, "reached" if g.reached else "NOT REACHED"] for part, g in goals]
    print_table("All goals", ["part", "what", "goal", "measured", ""], rows)
    for outcome in outcomes:
        trial.note(outcome.name, outcome.plain())
    trial.end()
    return finish(outcomes)


if __name__ == "__main__":
    sys.exit(main())
