"""Links for a phone, and whether a film is as it was filmed."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """One table more, and a column."""

    dependencies = [
        ("casebook", "0006_door"),
    ]

    operations = [
        migrations.AddField("recording", "as_filmed", models.CharField(default="unknown", max_length=10)),
        migrations.AddField("upload", "as_filmed", models.CharField(default="unknown", max_length=10)),
        migrations.CreateModel(
            name="PhoneLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("secret_sha256", models.CharField(max_length=64, unique=True)),
                ("until", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("used", "Used"), ("revoked", "Revoked"), ("expired", "Expired")],
                        db_index=True,
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened", models.BooleanField(default=False)),
                ("refused", models.TextField(blank=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phone_links", to="casebook.person"
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="casebook.recording",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="casebook.upload",
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
    ]
