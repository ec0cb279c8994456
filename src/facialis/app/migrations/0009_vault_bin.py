"""The bin."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """One table more."""

    dependencies = [
        ("casebook", "0008_player"),
    ]

    operations = [
        migrations.CreateModel(
            name="Binned",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("label", models.CharField(max_length=300)),
                ("due_at", models.DateTimeField(db_index=True)),
                ("tokens", models.JSONField(default=list)),
                ("content", models.BinaryField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="casebook.person",
                    ),
                ),
            ],
            options={"ordering": ["due_at", "pk"]},
        ),
    ]
