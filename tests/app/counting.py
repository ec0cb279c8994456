"""A way to keep passwords that counts how often it works: time that a test can rely on."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher

__all__ = ["Counting"]


class Counting(MD5PasswordHasher):
    """``worked``: how many passwords were worked on, in all."""

    algorithm = "counting"
    worked: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        """As it is kept."""
        Counting.worked += 1
        return super().encode(password, salt)
