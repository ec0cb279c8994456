"""Folders in which a fact speaks against remission: ``python -m validation.against_remission --folders 300``.

Each is of a made person who twitched and whose recordings have been quiet for months, with one fact in the folder that
forbids the word: a medicine, a treatment that cannot be read or is known to the month, a spasm in another part of a
recording or in one that was caught, recordings that could not see or of which nobody knows what they could, what a
questionnaire, the diary or the person tells. The same people without the fact are the control: some of them are told
remission, or the trial could not fail. Ends with 1 if any of the folders gets such a word.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from facialis.files.person import read_person
from facialis.follow.course import find_course

__all__ = ["FACTS", "Folder", "base", "main"]

_TODAY = date(2026, 11, 30)
_WORDS = ("possible", "sustained")
_COLUMNS = ("date", "usable_min", "twitches", "limit_iod", "median_amplitude_iod", "side", "block", "filmed")


@dataclass
class Folder:
    """Rows of a person's folder that is being made; ``quiet_from`` is the day of the first quiet recording."""

    sessions: list[dict[str, object]]
    quiet_from: date
    rng: np.random.Generator
    treatments: list[str] = field(default_factory=list)
    diary: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    person: list[str] = field(default_factory=list)

    def write(self, place: Path) -> None:
        """Put the files of the folder into ``place``."""
        out = io.StringIO()
        writer = csv.DictWriter(out, _COLUMNS)
        writer.writeheader()
        writer.writerows(self.sessions)
        (place / "sessions.csv").write_text(out.getvalue(), encoding="utf-8")
        for name, head, rows in (
            ("treatments.csv", "date,kind,note", self.treatments),
            ("diary.csv", "", self.diary),
            ("questionnaires.csv", "date,instrument,total", self.forms),
        ):
            if rows:
                (place / name).write_text("\n".join([head, *rows] if head else rows) + "\n", encoding="utf-8")
        (place / "person.yaml").write_text("\n".join(["side: left", *self.person]) + "\n", encoding="utf-8")

    @property
    def quiet(self) -> list[dict[str, object]]:
        """The quiet recordings."""
        return [row for row in self.sessions if date.fromisoformat(str(row["date"])) >= self.quiet_from]

    def day(self, first: date, last: date) -> date:
        """Any day of these, both included."""
        return first + timedelta(days=int(self.rng.integers((last - first).days + 1)))


def base(seed: int) -> Folder:
    """Somebody filmed every week or two who twitched for half a year, and has been quiet for five to fifteen months."""
    rng = np.random.default_rng([40503, seed])
    quiet_days, loud_days = int(rng.integers(150, 460)), int(rng.integers(120, 240))
    quiet_from = _TODAY - timedelta(days=quiet_days)
    rate = float(rng.uniform(1.0, 12.0))
    rows: list[dict[str, object]] = []
    day = quiet_from - timedelta(days=loud_days)
    while day <= _TODAY:
        minutes = float(rng.uniform(1.0, 5.0))
        count = int(rng.poisson(rate * minutes * float(np.exp(0.4 * rng.standard_normal())))) if day < quiet_from else 0
        rows.append(
            {
                "date": day.isoformat(),
                "usable_min": round(minutes, 2),
                "twitches": count,
                "limit_iod": round(float(rng.uniform(0.006, 0.012)), 4),
                "median_amplitude_iod": 0.03 if count else "",
                "side": "left",
                "block": "rest",
                "filmed": "",
            }
        )
        day += timedelta(days=int(rng.integers(5, 15)))
    return Folder(sessions=rows, quiet_from=quiet_from, rng=rng)


def _medicine(folder: Folder) -> None:
    name = str(folder.rng.choice(["Tegretol", "Carbamazepin", "clonazepam", "Rivotril", "gabapentin", "Lyrica"]))
    first = date.fromisoformat(str(folder.sessions[0]["date"]))
    folder.treatments.append(f"{folder.day(first - timedelta(days=200), _TODAY - timedelta(days=1))},{name},")


def _unread(folder: Folder) -> None:
    row = str(folder.rng.choice(["{},Botxo,", "03/04/2026,Botox,", "last summer,MVD,", "{},something at the clinic,"]))
    folder.treatments.append(row.format(folder.day(folder.quiet_from - timedelta(days=30), _TODAY)))


def _toxin_as_written(folder: Folder) -> None:
    day = folder.day(folder.quiet_from - timedelta(days=10), folder.quiet_from)
    later = [day + timedelta(days=90 * k) for k in range(6) if day + timedelta(days=90 * k) <= _TODAY]
    name = str(folder.rng.choice(["Botox", "Xeomin", "Botulinumtoxin", "dysport left eye", "BTX-A"]))
    form = str(folder.rng.choice(["%Y-%m-%d", "%d.%m.%y", "%Y-%m"]))
    folder.treatments += [f"{item.strftime(form)},{name}," for item in later]


def _operation(folder: Folder) -> None:
    day = folder.day(folder.quiet_from - timedelta(days=20), folder.quiet_from)
    folder.treatments.append(f"{day.strftime('%d.%m.%Y')},{folder.rng.choice(['MVD', 'Jannetta', 'Dekompression'])},")


def _other_block(folder: Folder) -> None:
    late = folder.quiet[-1]
    block = str(folder.rng.choice(["prompted", "speech", "speaking"]))
    folder.sessions.append(dict(late) | {"block": block, "twitches": int(folder.rng.integers(2, 20))})


def _caught(folder: Folder) -> None:
    day = folder.day(_TODAY - timedelta(days=60), _TODAY)
    folder.sessions.append(dict(folder.quiet[-1]) | {"date": day.isoformat(), "twitches": 9, "filmed": "caught"})
    folder.sessions.sort(key=lambda row: str(row["date"]))


def _limit_unknown(folder: Folder) -> None:
    for row in folder.quiet:
        row["limit_iod"] = ""


def _limit_coarse(folder: Folder) -> None:
    for row in folder.quiet:
        row["limit_iod"] = round(float(folder.rng.uniform(0.08, 0.3)), 3)


def _questionnaire(folder: Folder) -> None:
    name, least, most = (("spasm", 2, 10), ("smc", 2, 4), ("hfs8", 3, 32))[int(folder.rng.integers(3))]
    total = int(folder.rng.integers(least, most + 1))
    folder.forms.append(f"{folder.day(_TODAY - timedelta(days=60), _TODAY)},{name},{total}")


def _diary(folder: Folder) -> None:
    column = str(
        folder.rng.choice(["spasms (0-10)", "Anfälle", "Lidzucken", "twitching left eye (0-10)", "Zuckungen (0-10)"])
    )
    share = float(folder.rng.uniform(0.25, 1.0))
    folder.diary.append(f"date,{column}")
    for k in reversed(range(120)):
        value = int(folder.rng.integers(2, 9)) if folder.rng.random() < share else 0
        folder.diary.append(f"{_TODAY - timedelta(days=k)},{value}")


def _told(folder: Folder) -> None:
    folder.person.append("getting_worse: yes")


FACTS: Mapping[str, Callable[[Folder], None]] = {
    "a medicine": _medicine,
    "a treatment that cannot be read": _unread,
    "toxin, as people write it": _toxin_as_written,
    "an operation, as people write it": _operation,
    "spasm in another part": _other_block,
    "spasm in a caught recording": _caught,
    "limit unknown": _limit_unknown,
    "limit too coarse": _limit_coarse,
    "a questionnaire": _questionnaire,
    "the diary": _diary,
    "told by the person": _told,
}


def _word(folder: Folder) -> str:
    with tempfile.TemporaryDirectory() as place:
        folder.write(Path(place))
        return find_course(read_person(place, today=_TODAY)).remission


def main() -> int:
    """Make the folders, ask for the word, print a table; 1 if any got one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folders", type=int, default=300, help="how many, the facts in turn")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    said: dict[str, Counter[str]] = {name: Counter() for name in ("no fact (control)", *FACTS)}
    for k in range(options.folders):
        name = list(FACTS)[k % len(FACTS)]
        folder = base(options.seed + k)
        if k % 5 == 0:
            said["no fact (control)"][_word(folder)] += 1
            folder = base(options.seed + k)
        FACTS[name](folder)
        said[name][_word(folder)] += 1
    print(f"{'fact':36} folders  none  quiet so far  possible  sustained")
    for name, words in said.items():
        counts = [words[word] for word in ("none", "quiet_so_far", "possible", "sustained")]
        print(f"{name:36} {sum(counts):7d}  {counts[0]:4d}  {counts[1]:12d}  {counts[2]:8d}  {counts[3]:9d}")
    wrong = sum(said[name][word] for name in FACTS for word in _WORDS)
    control = sum(said["no fact (control)"][word] for word in _WORDS)
    print(f"Words of remission against a fact: {wrong}. Of the control: {control}.")
    return int(wrong > 0 or not control)


if __name__ == "__main__":
    sys.exit(main())
