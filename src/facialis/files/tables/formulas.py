"""Text that a spreadsheet would run as a formula: disarmed where it is written, and as it was where it is read."""

from __future__ import annotations

import re

__all__ = ["as_written", "disarmed"]

# OWASP, "CSV Injection": what begins so is run or split by some spreadsheet; the wide forms by those of East Asia.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def disarmed(text: str) -> str:
    """The text with an apostrophe before it where it would be taken for a formula, so that it is shown as it is.

    Examples
    --------
    >>> disarmed("=1+1"), disarmed("better")
    ("'=1+1", 'better')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(cell: str) -> str:
    """What `disarmed` was given.

    Examples
    --------
    >>> as_written("'=1+1")
    '=1+1'
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
