"""An answer without what was written in the diary or in questionnaires: for whoever may not read those."""

from __future__ import annotations

from dataclasses import replace

from facialis.actions.answer import answer
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Diary
from facialis.files.columns import DIARY, QUESTIONNAIRES

__all__ = ["without"]


def without(said: Answer, *, diary: bool, questionnaires: bool) -> Answer:
    """An answer with only those of the two parts in it that are named; guidance is decided anew without the others.

    That an answer is withheld because films were made on better or worse days stays: without it the course would
    mislead.
    """
    case, triggers = said.casefile, said.triggers
    if diary and questionnaires:
        return said
    hidden = {table.file for table, shown in ((DIARY, diary), (QUESTIONNAIRES, questionnaires)) if not shown}
    case = replace(case, problems=tuple(item for item in case.problems if item.file not in hidden))
    if not diary:
        case, triggers = replace(case, diary=Diary()), ()
    if not questionnaires:
        case = replace(case, forms=())
    # How soon to be seen, and why, is decided anew: a rule that rests on a questionnaire would tell of it.
    return answer(case, like=replace(said, triggers=triggers))
