"""How long the answers about one person take: ``python benchmarks/person.py``.

A made-up person: two years of weekly recordings and a daily diary with a dozen columns, toxin every sixteen weeks. The
whole answer (its folder read) and the report with its PDF and tables, processor time and the clock, best of some
repeats.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

import facialis
from facialis.actions.answer import answer
from facialis.actions.report import write_report
from facialis.files.person import read_person

GOAL_ANSWER_S, GOAL_REPORT_S = 2.0, 3.0
AS_OF = date(2026, 6, 30)
COLUMNS = 12


def write(folder: Path) -> Path:
    """Two years of a person."""
    rng = np.random.default_rng(1)
    days = [AS_OF - timedelta(days=k) for k in range(728, -1, -1)]
    sessions = ["date,usable_min,twitches,burden_share,median_amplitude_iod,limit_iod,side,block"]
    for k, day in enumerate(days[::7]):
        count = rng.poisson(8 * np.exp(0.4 * rng.standard_normal()))
        sessions.append(f"{day},1.0,{count},{0.006 * count:.4f},0.03,{0.005 if k % 3 else 0.009},left,rest")
    names = ",".join(f"thing {k} (0-10)" for k in range(COLUMNS - 1))
    diary = [f"date,spasms (0-10),{names}"]
    diary += [f"{day},{','.join(str(v) for v in rng.integers(0, 11, COLUMNS))}" for day in days]
    doses = [f"{days[k]},toxin,product,,," for k in range(100, 728, 112)]
    (folder / "sessions.csv").write_text("\n".join(sessions) + "\n", encoding="utf-8")
    (folder / "diary.csv").write_text("\n".join(diary) + "\n", encoding="utf-8")
    (folder / "treatments.csv").write_text(
        "\n".join(["date,kind,product,dose_units,sites,note", *doses]) + "\n", encoding="utf-8"
    )
    (folder / "person.yaml").write_text("birth_year: 1965\nside: left\nonset: 2023\n", encoding="utf-8")
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as place:
        folder = write(Path(place))
        rows = []
        for _ in range(repeats):
            cpu, wall = time.process_time(), time.monotonic()
            found = answer(read_person(folder, as_of=AS_OF))
            middle_cpu, middle = time.process_time(), time.monotonic()
            write_report(found, folder / "report", folder=folder)
            rows.append((middle_cpu - cpu, middle - wall, time.process_time() - middle_cpu, time.monotonic() - middle))
    best = np.min(rows, axis=0)
    print(f"answer: {best[0]:.2f} s of processor, {best[1]:.2f} s by the clock (goal {GOAL_ANSWER_S:g} s)")
    print(f"report: {best[2]:.2f} s of processor, {best[3]:.2f} s by the clock (goal {GOAL_REPORT_S:g} s)")
    print(f"facialis {facialis.__version__}, best of {repeats}")
    return int(best[0] > GOAL_ANSWER_S or best[2] > GOAL_REPORT_S)


if __name__ == "__main__":
    raise SystemExit(main())
