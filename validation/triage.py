"""The written cases of tests/guide/cases.yaml: what is expected, what the rules say, what is missed, what is overdone.

``python -m validation.triage``
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from facialis.core.guidance import URGENCIES
from tests.guide.test_triage import CASES, case_of, guided


def main() -> int:
    """Print the table; ends with 1 if a red flag is missed."""
    counts: Counter[tuple[str, str]] = Counter()
    missed = over = 0
    with tempfile.TemporaryDirectory() as place:
        for k, row in enumerate(CASES):
            found = guided(case_of(row, Path(place) / str(k)))
            counts[row["urgency"], found.urgency] += 1
            later = URGENCIES.index(found.urgency) - URGENCIES.index(row["urgency"])
            missed += row["red"] and later > 0
            over += later < 0
            if later:
                rules = ", ".join(rule.id for rule in found.rules)
                print(f"{row['what']}: expected {row['urgency']}, found {found.urgency} ({rules})")
    print("expected \\ found".ljust(18), *(name.rjust(10) for name in URGENCIES))
    for wanted in URGENCIES:
        print(wanted.ljust(18), *(str(counts[wanted, got]).rjust(10) for got in URGENCIES))
    red = sum(row["red"] for row in CASES)
    print(f"{len(CASES)} cases, {red} with a red flag: {missed} missed; {over} sent higher than expected.")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
