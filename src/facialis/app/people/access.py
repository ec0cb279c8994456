"""Who asks, and for whom: what every view of a person begins with."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from facialis.app.accounts.models import Account
from facialis.app.people.models import Person

__all__ = ["account_of", "person_of"]


def account_of(request: HttpRequest) -> Account:
    """The account that has logged in; views are reached by nobody else."""
    assert isinstance(request.user, Account)
    return request.user


def person_of(request: HttpRequest, pk: int) -> Person:
    """The person of this number; 404 where there is none that the account may see."""
    return get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
