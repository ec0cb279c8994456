"""The answer about a person as a guest may read it: what was written in parts that are not shared is left out of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from facialis.app.course.answers import Standing
from facialis.app.course.parts import without
from facialis.app.sharing.models import Share
from facialis.core.person.answer import Answer

__all__ = ["limited", "limited_standing"]


def limited(share: Share | None, said: Answer) -> Answer:
    """An answer without what was written in a diary or questionnaires that are not shared; None: one's own, whole."""
    return said if share is None else _cut(diary=share.diary, questionnaires=share.questionnaires)(said)


def limited_standing(share: Share | None, standing: Standing) -> Standing:
    """The same of an answer as it stands now."""
    return standing if share is None else standing.cut(_cut(diary=share.diary, questionnaires=share.questionnaires))


@cache
def _cut(*, diary: bool, questionnaires: bool) -> Callable[[Answer], Answer]:
    return lambda said: without(said, diary=diary, questionnaires=questionnaires)
