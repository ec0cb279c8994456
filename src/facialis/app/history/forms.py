"""The form of the history: the questions of ``history.yaml`` that are worth asking, with what was answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from facialis.app.history.written import Answer
from facialis.core.knowledge import load, sentences, wording
from facialis.core.person.casefile import Casefile, Reply
from facialis.guide.conditions import holds
from facialis.report.person.visit_content import ask_words

__all__ = ["ANSWERED_ON", "HistoryForm", "choices_of", "is_count"]

ANSWERED_ON = "answered_on"
"""Key of the day on which days were counted; the casebook writes it by itself."""


def is_count(raw: Answer) -> bool:
    """Whether an answer as it was written is a number of days, and no day."""
    return isinstance(raw, str) and bool(re.fullmatch(r"\d+([.,]\d+)?\s*(days?|d|tagen?|tage)?\.?", raw.strip(), re.I))


class HistoryForm(forms.Form):
    """What is known of a person in their own words. What is left open is not known; it never counts as no.

    A question that is only worth asking after another answer is left out until that is there, but never one that was
    answered. ``open_follow_ups`` are those that such an answer opened, with their questions.

    Parameters
    ----------
    raw
        What stands in ``person.yaml`` by key, as it was written.
    case
        What is read of it, as of today.
    only
        Keys of the questions to ask, in order; None: all.
    """

    def __init__(
        self,
        raw: Mapping[str, Answer],
        case: Casefile,
        *arguments: Any,
        only: Sequence[str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        replies = case.person.replies
        unread = {problem.field for problem in case.problems if problem.file == "person.yaml" and problem.left_out}
        self.open_follow_ups: list[tuple[str, str]] = []
        known = load("history.yaml")
        for key in known if only is None else only:
            row = known[key]
            written = raw.get(key, "")
            if key == ANSWERED_ON or not (written or _worth_asking(row, replies)):
                continue
            if "after" in row and key not in replies:
                self.open_follow_ups.append((key, ask_words(key)))
            self.fields[key] = _field(key, row, written, replies.get(key), unread=key in unread)

    def changed_answers(self) -> dict[str, Answer]:
        """The answers that are others than before; an empty one: the question was left open again."""
        return {key: _as_written(self.cleaned_data[key]) for key in self.changed_data}

    def answers_in_words(self) -> list[tuple[str, str]]:
        """Each question that was answered, with its answer, to be read and not changed."""
        found = []
        for field in self:
            given = self.get_initial_for_field(field.field, field.name)
            named = dict(getattr(field.field, "choices", ()))
            words = [str(named.get(part, part)) for part in (given if isinstance(given, list) else [given]) if part]
            if words:
                found.append((str(field.label), ", ".join(words)))
        return found


def _as_written(value: object) -> Answer:
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else " ".join(str(value).split())


def _worth_asking(row: Mapping[str, Any], replies: Mapping[str, Reply]) -> bool:
    if "after" in row and holds(row["after"], replies) is not True:
        return False
    return "unless" not in row or holds(row["unless"], replies) is not True


def _field(key: str, row: Mapping[str, Any], written: Answer, reply: Reply | None, *, unread: bool) -> forms.Field:
    kind, label = row["kind"], ask_words(key)
    # What cannot be read stays on offer as it was written: saving another answer must not lose it.
    odd = [written] if unread and isinstance(written, str) else list(written) if unread else []
    if kind in ("yes_no", "choice"):
        known = [("yes", wording("app_yes")), ("no", wording("app_no"))] if kind == "yes_no" else choices_of(key)
        choices = [("", wording("app_not_noted")), *known, *((word, word) for word in odd)]
        initial = ("yes" if reply else "no") if isinstance(reply, bool) else str(reply or "".join(odd[:1]))
        return forms.ChoiceField(
            label=label, required=False, choices=choices, initial=initial, widget=forms.RadioSelect
        )
    if kind == "choices":
        words = list(reply) if isinstance(reply, tuple) else []
        return forms.MultipleChoiceField(
            label=label,
            required=False,
            choices=[*choices_of(key), *((word, word) for word in odd if word not in row["choices"])],
            initial=[*words, *odd],
            widget=forms.CheckboxSelectMultiple,
        )
    shown = f"{reply:g}" if kind == "days" and isinstance(reply, float) and is_count(written) else _line(written)
    help_text = wording(f"app_history_{kind}_help", low=row.get("low"), high=row.get("high"))
    return forms.CharField(label=label, required=False, max_length=80, initial=shown, help_text=help_text)


def _line(written: Answer) -> str:
    return written if isinstance(written, str) else ", ".join(written)


def choices_of(key: str) -> tuple[tuple[str, str], ...]:
    """The answers of a question with choices: what is written, and what it is called."""
    own = {choice: f"app_answer_{key}_{choice}" for choice in load("history.yaml")[key]["choices"]}
    return tuple((c, wording(own[c] if own[c] in sentences() else f"app_answer_{c}")) for c in own)
