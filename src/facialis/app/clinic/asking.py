"""How a clinician looks at their day: whom, in which order, and by what name. Order and choice are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

__all__ = ["CHOICES", "ORDERS", "Asked", "asked_of"]

CHOICES = ("all", "urgent", "changed", "fades", "review")
"""Whom: everybody, or those of whom something is to be said."""
ORDERS = ("need", "changed", "name")
"""In which order; whoever has urgent answers stands first in each."""

_KEPT = "clinic"
_LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for; ``name`` is part of a name, or empty."""

    show: str
    order: str
    name: str
    part: str


def asked_of(request: HttpRequest) -> Asked:
    """What a request asks for, and else what was asked for the last time in this session; the name is not kept."""
    kept = request.session.get(_KEPT)
    before: Mapping[str, str] = kept if isinstance(kept, dict) else {}
    show = _one_of(CHOICES, request.GET.get("show"), before.get("show"))
    order = _one_of(ORDERS, request.GET.get("order"), before.get("order"))
    now = {"show": show, "order": order}
    if now != kept:
        request.session[_KEPT] = now
    name = " ".join(request.GET.get("name", "").split())[:_LONGEST]
    return Asked(show=show, order=order, name=name, part=request.GET.get("part", ""))


def _one_of(known: tuple[str, ...], *asked: object) -> str:
    return next((str(one) for one in asked if one in known), known[0])
