"""Which measurement this is: its revision, and the data files that it reads.

Settings are what a user can change; constants in the code and data files change numbers as well. The revision stands
for the constants and the code, the hash for the data files; both are stored with each result.
"""

from __future__ import annotations

import hashlib
from functools import cache

from facialis.core.knowledge import data_bytes

__all__ = ["DATA_FILES", "MEASUREMENT_REVISION", "data_sha256"]

# Raise it with every entry under "Changes to numbers" in CHANGELOG.md, then type: python -m tests.measure.golden
MEASUREMENT_REVISION = 3

DATA_FILES = (
    "face_template.npz",
    "kinds.npz",
    "kinds.yaml",
    "limits.yaml",
    "models/face_landmarker.task",
    "regions.yaml",
)
"""Every data file that `facialis.measure` reads and that can change a number; names of sources cannot."""


@cache
def data_sha256() -> str:
    """One SHA-256 in hexadecimal digits over the names and contents of `DATA_FILES`; KnowledgeError if one is missing.

    Editing a comment changes it too, though no number changes.
    """
    digest = hashlib.sha256()
    for name in DATA_FILES:
        digest.update(f"{name} {hashlib.sha256(data_bytes(name)).hexdigest()}\n".encode())
    return digest.hexdigest()
