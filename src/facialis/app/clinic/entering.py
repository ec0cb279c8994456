"""What a clinician enters for somebody who allows it: an injection with its sites, an operation, a finding in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.core.exceptions import PermissionDenied

from facialis.app.accounts.models import Account
from facialis.app.people.deeds import enter_row
from facialis.app.people.models import Person, Row
from facialis.app.sharing.access import share_with
from facialis.files.columns import TREATMENTS

__all__ = ["BEGUN_WITH", "enter"]

BEGUN_WITH: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "toxin": {"kind": "toxin"},
        "operation": {"kind": "decompression"},
        "mri": {"kind": "other", "product": "MRI"},
    }
)
"""What there is to enter, and what stands in the form already."""


def enter(account: Account, person: Person, cells: Mapping[str, str]) -> Row:
    """Enter a treatment, as it was given: products are never converted. The owner sees who entered it.

    Raises
    ------
    PermissionDenied
        The owner does not allow it.
    Unread
        What was entered would be left out when it is read. Nothing is kept then.
    """
    if share_with(account, person, "entries") is None:
        raise PermissionDenied
    return enter_row(account, person, TREATMENTS, cells)
