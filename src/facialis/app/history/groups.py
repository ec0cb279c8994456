"""The history in groups: what of each is answered, and where the first open question is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from facialis.app.history.forms import HistoryForm
from facialis.app.history.written import Answer
from facialis.core.knowledge import load, wording
from facialis.core.person.casefile import Casefile

__all__ = ["GROUPS", "Group", "group_of", "groups_of"]

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: tuple(keys) for name, keys in load("history_groups.yaml").items()}
)
"""Keys of the questions under each heading, in order."""
_NAMES = {
    "now": "app_history_group_now",
    "face": "app_history_group_face",
    "sudden": "app_history_group_sudden",
    "treated": "app_history_group_treated",
    "before": "app_history_group_before",
    "you": "app_history_group_you",
}


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group as it stands: how many of its questions are answered, and where the first open one is (empty: none)."""

    key: str
    name: str
    form: HistoryForm
    answered: int
    asked: int
    first_open: str


def group_of(key: str, raw: Mapping[str, Answer], case: Casefile, form: HistoryForm | None = None) -> Group:
    """One group, with the form that was just sent where there is one."""
    form = form or HistoryForm(raw, case, only=GROUPS[key])
    open_ones = [name for name in form.fields if not raw.get(name)]
    return Group(
        key=key,
        name=wording(_NAMES[key]),
        form=form,
        answered=len(form.fields) - len(open_ones),
        asked=len(form.fields),
        first_open=f"id_{open_ones[0]}_all" if open_ones else "",
    )


def groups_of(raw: Mapping[str, Answer], case: Casefile) -> list[Group]:
    """All groups as they stand."""
    return [group_of(key, raw, case) for key in GROUPS]
