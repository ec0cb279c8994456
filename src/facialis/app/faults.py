"""A disk that is full or may not be written: said in a sentence on any page, and nothing half-written stays."""

from __future__ import annotations

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from facialis.app.vault.growing import is_disk

__all__ = ["Faults"]

_SQLITE = ("database or disk is full", "readonly database", "disk I/O error", "unable to open database")


class Faults:
    """Answers for the disk; every deed is one transaction, of which nothing is kept then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """507 with a sentence where the disk is at fault; anything else is left to others."""
        database = isinstance(error, OperationalError) and any(words in str(error) for words in _SQLITE)
        return render(request, "casebook/disk.html", status=507) if database or is_disk(error) else None
