"""What a docstring in numpydoc style leaves out, for every test that asks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any


def sections_of(value: Any) -> dict[str, str]:
    """The sections of a docstring, by their headings."""
    parts = re.split(r"^(\w+)\n-+$", inspect.getdoc(value) or "", flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def left_out(value: Any, sections: Iterable[str]) -> list[str]:
    """Wanted sections that a docstring does not have, and parameters of the signature that it does not name."""
    found = sections_of(value)
    return [section for section in sections if section not in found] + [
        name
        for name in inspect.signature(value).parameters
        if not re.search(rf"^{name}$", found.get("Parameters", ""), flags=re.MULTILINE)
    ]
