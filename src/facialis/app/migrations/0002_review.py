"""Steps of the review of a recording."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """One table more."""

    dependencies = [
        ("casebook", "0001_first"),
    ]

    operations = [
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("judge", "Judge"),
                            ("exclude", "Exclude"),
                            ("include", "Include"),
                            ("undo", "Undo"),
                            ("redo", "Redo"),
                        ],
                        max_length=10,
                    ),
                ),
                ("event", models.CharField(blank=True, max_length=80)),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("accept", "Accept"), ("reject", "Reject"), ("unsure", "Unsure")],
                        max_length=10,
                    ),
                ),
                ("start_s", models.FloatField(blank=True, null=True)),
                ("stop_s", models.FloatField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("of", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="casebook.recording"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
