"""Forms of the diary: a day with as many columns as are followed, and one more column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.core.knowledge import column_key, load, plain_name, wording

__all__ = ["Column", "ColumnForm", "DayForm", "day_field", "foremost", "unit_in_words"]

_NRS, _YES_NO = "0-10", "yes/no"


@dataclass(frozen=True)
class Column:
    """A column of the diary: its heading in the table, its name, and its unit."""

    label: str
    name: str
    unit: str


def unit_in_words(unit: str) -> str:
    """A unit of the diary in the language spoken; one of the person's own as it is."""
    known = list(load("diary_units.yaml"))
    return wording(f"app_unit_{known.index(unit)}") if unit in known and unit != _NRS else unit


def foremost(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The same columns, with the spasm's own first and levels before all else."""

    def rank(column: Column) -> tuple[bool, bool]:
        return (column_key(column.name) or ("",))[0] != "outcomes", column.unit != _NRS

    return tuple(sorted(columns, key=rank))


def day_field() -> forms.DateField:
    """A day that has come."""
    today = date.today().isoformat()  # noqa: DTZ011 - a person's own calendar day
    return forms.DateField(
        label=wording("app_day"), widget=forms.DateInput(attrs={"type": "date", "max": today}, format="%Y-%m-%d")
    )


class DayForm(forms.Form):
    """One day of the diary. What is left open is not known; it never counts as zero."""

    def __init__(self, columns: Sequence[Column], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.columns = tuple(columns)
        self.fields["day"] = day_field()
        for number, column in enumerate(self.columns):
            self.fields[f"value_{number}"] = self._field(column)
        self.fields["note"] = forms.CharField(
            label=wording("app_note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
        )

    def values(self) -> list[forms.BoundField]:
        """The fields of what is followed, and the note."""
        return [self[name] for name in self.fields if name != "day"]

    @staticmethod
    def _field(column: Column) -> forms.Field:
        label = plain_name(column.name)
        open_choice = ("", wording("app_not_noted"))
        if column.unit == _NRS:
            choices = [open_choice, *((str(n), str(n)) for n in range(11))]
            return forms.ChoiceField(label=label, required=False, choices=choices, widget=forms.RadioSelect)
        if column.unit == _YES_NO:
            choices = [open_choice, ("yes", wording("app_yes")), ("no", wording("app_no"))]
            return forms.ChoiceField(label=label, required=False, choices=choices, widget=forms.RadioSelect)
        field = forms.CharField(label=label, required=False, max_length=40, help_text=unit_in_words(column.unit))
        field.widget.attrs["inputmode"] = "decimal"
        return field

    def cells(self) -> dict[str, str]:
        """The day's cells, by the headings of the table."""
        given = self.cleaned_data
        cells = {column.label: given[f"value_{number}"].strip() for number, column in enumerate(self.columns)}
        return {"date": given["day"].isoformat(), **cells, "note": " ".join(given["note"].split())}


class ColumnForm(forms.Form):
    """One more thing to follow."""

    name = forms.CharField(max_length=40)
    unit = forms.ChoiceField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label = wording("app_column_name")
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.label = wording("app_column_unit")
        unit.choices = [(key, wording(f"app_unit_{number}")) for number, key in enumerate(load("diary_units.yaml"))]

    def clean_name(self) -> str:
        """A name that can stand before a unit in brackets."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if any(char in name for char in "()[]#\"'") or not name.isprintable():
            raise ValidationError(wording("app_column_odd"))
        return name

    def label(self) -> str:
        """The heading of the column."""
        return f"{self.cleaned_data['name']} ({self.cleaned_data['unit']})"
