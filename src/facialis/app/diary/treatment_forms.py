"""The form of a treatment: as one would write it into the table, and an injection muscle by muscle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.app.diary.face import SIDES, Muscle, muscles, parted_sites, sites_written
from facialis.core.knowledge import wording
from facialis.core.messages import clause
from facialis.core.person.casefile import TREATMENTS
from facialis.files.tables.amounts import amount

__all__ = ["Placed", "TreatmentForm", "kind_in_words"]

_MOST_UNITS = 1000  # more than any product's vial holds, for one site
_ASKED = ("date", "kind", "product", "dose_units", "sites", "until", "note")


def kind_in_words(kind: str) -> str:
    """A kind of treatment in the language spoken; what was written otherwise as it is."""
    return wording(f"app_kind_{kind}") if kind in TREATMENTS else kind


@dataclass(frozen=True)
class Placed:
    """A muscle with its fields, the person's right side first."""

    muscle: Muscle
    fields: tuple[forms.BoundField, ...]


class TreatmentForm(forms.Form):
    """A treatment, as one would write it into the table.

    Parameters
    ----------
    written
        The cells of the row that is to be changed; empty for a new one.
    """

    date = forms.CharField(max_length=40)
    kind = forms.ChoiceField(choices=[])
    product = forms.CharField(max_length=200, required=False)
    dose_units = forms.CharField(max_length=20, required=False)
    sites = forms.CharField(max_length=400, required=False)
    until = forms.CharField(max_length=40, required=False)
    note = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, written: Mapping[str, str], data: Mapping[str, Any] | None = None) -> None:
        units, others = parted_sites(written.get("sites", ""))
        super().__init__(data, initial={**written, "sites": others})
        for key in _ASKED:
            self.fields[key].label = wording(f"app_treatment_{key}")
            self.fields[key].help_text = wording(f"app_treatment_{key}_help")
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        unknown = [(written["kind"], written["kind"])] if written.get("kind", "toxin") not in TREATMENTS else []
        kind.choices = [*((key, wording(f"app_kind_{key}")) for key in TREATMENTS), *unknown]
        self.fields["dose_units"].widget.attrs["inputmode"] = "decimal"
        self.muscles = muscles()
        for muscle in self.muscles:
            for side in SIDES:
                field = forms.CharField(max_length=8, required=False, initial=units.get((muscle.key, side), ""))
                field.label = wording("app_site_on_side", name=muscle.name, side=wording(f"app_answer_{side}"))
                field.widget.attrs.update(inputmode="decimal", size=4, autocomplete="off")
                field.widget.attrs["aria-label"] = field.label
                self.fields[f"site_{muscle.key}_{side}"] = field

    def asked(self) -> Iterator[forms.BoundField]:
        """The fields of the row itself."""
        return (self[key] for key in _ASKED)

    def placed(self) -> Iterator[Placed]:
        """The fields of the face, muscle by muscle."""
        for muscle in self.muscles:
            yield Placed(muscle, tuple(self[f"site_{muscle.key}_{side}"] for side in SIDES))

    @property
    def is_placed(self) -> bool:
        """Whether something stands, or was entered wrong, on the face."""
        return any(field.value() or field.errors for row in self.placed() for field in row.fields)

    def clean(self) -> dict[str, Any]:
        """Units of each muscle as plain numbers."""
        given = super().clean() or {}
        for key in [key for key in given if key.startswith("site_") and given[key]]:
            try:
                units = amount(given[key].strip().rstrip("uUeE").strip())
            except ValueError:
                self.add_error(key, ValidationError(clause("not_number", text=repr(given[key]))))
                continue
            if not 0 < units <= _MOST_UNITS:
                self.add_error(key, ValidationError(wording("app_site_units_odd", most=_MOST_UNITS)))
            given[key] = f"{units:g}"
        return given

    def cells(self) -> dict[str, str]:
        """The cells of the row. Where no dose was entered, it is what was entered for the muscles, added up."""
        given = self.cleaned_data
        cells = {key: " ".join(str(given[key]).split()) for key in _ASKED}
        units = {(muscle.key, side): given[f"site_{muscle.key}_{side}"] for muscle in self.muscles for side in SIDES}
        total = sum(float(text) for text in units.values() if text)
        if total and not cells["dose_units"]:
            cells["dose_units"] = f"{total:g}"
        return {**cells, "sites": sites_written(units, cells["sites"])}
