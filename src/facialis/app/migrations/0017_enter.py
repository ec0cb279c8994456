"""That treatments may be entered by a clinician, and by whom a row was."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """Four columns more."""

    dependencies = [
        ("casebook", "0016_rate"),
    ]

    operations = [
        *(migrations.AddField(model, "entries", models.BooleanField(default=False)) for model in ("offer", "share")),
        *(
            migrations.AddField(
                model,
                "entered_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            )
            for model in ("row", "removedrow")
        ),
    ]
