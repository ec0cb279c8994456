"""What the keys of a recording's page do, in words; which key does it is kept in the browser (``player_keys.ts``)."""

from __future__ import annotations

from facialis.app.review.added import PARTS, part_name
from facialis.core.knowledge import wording

__all__ = ["KEYS", "key_words", "part_keys"]

KEYS = (
    "play",
    "back",
    "forward",
    "second-back",
    "second-forward",
    "shuttle-back",
    "pause",
    "shuttle-forward",
    "slower",
    "faster",
    "next",
    "previous",
    "next-open",
    "previous-open",
    "loop",
    "magnify",
    "accept",
    "reject",
    "unsure",
    "start-here",
    "stop-here",
    "earlier",
    "later",
    "mark",
    "side",
    "add",
    "leave-out",
    "goto",
    "closer",
    "wider",
    "whole",
    "undo",
    "redo",
    "keys",
)
"""By the names that the script gives them."""


_OWNERS = frozenset(
    {
        *("next-open", "previous-open", "accept", "reject", "unsure", "start-here", "stop-here", "earlier", "later"),
        *("mark", "side", "add", "leave-out", "undo", "redo"),
    }
)
"""What only the owner of a recording may do, or has to do."""


def key_words(*, guest: bool = False) -> tuple[tuple[str, str], ...]:
    """Each thing that a key does, by its name and in words; to a guest those that do something for them."""
    names = [name for name in KEYS if not (guest and name in _OWNERS)]
    return tuple((name, wording(f"app_key_{name.replace('-', '_')}")) for name in names)


def part_keys() -> tuple[tuple[int, str], ...]:
    """The number keys with the part of the face that each names."""
    return tuple((number, part_name(part)) for number, part in enumerate(PARTS, start=1))
