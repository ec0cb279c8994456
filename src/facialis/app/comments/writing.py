"""What stands in a comment: plain text, moments of the recording, and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from facialis.report.drawing.scales import clock

__all__ = ["MOST_CHARACTERS", "Part", "cleaned", "first_moment", "named_in", "parts_of"]

MOST_CHARACTERS = 2000
"""Chosen: a page of a letter; what is longer is a document; 500 - 10,000."""
_KEPT = "\n\N{ZERO WIDTH JOINER}"  # not printable by themselves: the end of a line, and what joins some pictures
_MOMENT = re.compile(r"#t=(\d{1,5}(?:\.\d{1,6})?)(?![\d.]*\d)")


@dataclass(frozen=True)
class Part:
    """A piece of a comment. ``moment``: the time that it names, as an address has it; ``name``: somebody's name."""

    text: str
    moment: str = ""
    name: bool = False


def cleaned(text: str) -> str:
    """Text as it is kept: no signs that change how the rest is shown, and not more than one empty line at a time."""
    plain = "".join(
        char for char in text.replace("\r\n", "\n").replace("\t", " ") if char.isprintable() or char in _KEPT
    )
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def first_moment(text: str) -> float | None:
    """The first moment in seconds that a text names; None: it names none."""
    found = _MOMENT.search(text)
    return None if found is None else float(found[1])


def named_in(text: str, names: Mapping[str, int]) -> set[int]:
    """Whom a text mentions: the values of those names that stand behind an @."""
    said = [part.text[1:] for part in _by_name(text, tuple(names)) if part.name]
    # By the rule that found them: of letters such as the dotless i it takes more to be alike than `casefold` does.
    alike = {name: re.compile(re.escape(name), re.IGNORECASE) for name in names}
    return {number for name, number in names.items() if any(alike[name].fullmatch(one) for one in said)}


def parts_of(text: str, names: tuple[str, ...], *, moments: bool) -> tuple[Part, ...]:
    """A text in pieces: its moments, where there is something that has moments, and the names in it."""
    if not moments:
        return tuple(_by_name(text, names))
    made: list[Part] = []
    at = 0
    for found in _MOMENT.finditer(text):
        made += _by_name(text[at : found.start()], names)
        made.append(Part(clock(float(found[1]), exact=True), moment=found[1]))
        at = found.end()
    return (*made, *_by_name(text[at:], names))


def _by_name(text: str, names: tuple[str, ...]) -> Iterator[Part]:
    """The longest name that fits is meant: of Anna and Anna Maria the second."""
    if not text:
        return
    longest = sorted(names, key=len, reverse=True)
    pattern = "|".join(re.escape(name) for name in longest)
    found = re.finditer(rf"(?<!\w)@(?:{pattern})(?!\w)", text, re.IGNORECASE) if names else ()
    at = 0
    for match in found:
        if match.start() > at:
            yield Part(text[at : match.start()])
        yield Part(match[0], name=True)
        at = match.end()
    if at < len(text):
        yield Part(text[at:])
