"""What lists say of an answer."""

from __future__ import annotations

from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """One column more."""

    dependencies = [
        ("casebook", "0013_talk"),
    ]

    operations = [
        migrations.AddField("keptanswer", "glance", models.JSONField(default=dict)),
    ]
