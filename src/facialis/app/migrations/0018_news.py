"""Rows are found by when they came: of hundreds of people it is counted what is new."""

from __future__ import annotations

from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """One index more."""

    dependencies = [
        ("casebook", "0017_enter"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="row", index=models.Index(fields=["sheet", "made_at"], name="row_by_when_it_came")
        ),
    ]
