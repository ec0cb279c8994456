"""Placeholder until merged."""

from facialis.core.casefile import Casefile
from facialis.core.course import Decompression

__all__ = ["find_decompression"]


def find_decompression(case: Casefile) -> Decompression | None:
    """None."""
    return None
