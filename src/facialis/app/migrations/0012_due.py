"""Until when nobody is reminded of questionnaires."""

from __future__ import annotations

from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """One column more."""

    dependencies = [
        ("casebook", "0011_pages"),
    ]

    operations = [
        migrations.AddField("person", "not_before", models.DateField(null=True)),
    ]
