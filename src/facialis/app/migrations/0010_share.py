"""What is shared with whom, and what was issued."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """Three tables more, and the role of a clinician."""

    dependencies = [
        ("casebook", "0009_vault_bin"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="clinician",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Issued",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("data_of", models.PositiveBigIntegerField(db_index=True)),
                ("whose", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=40)),
                ("mime", models.CharField(default="application/pdf", max_length=100)),
                ("mark", models.CharField(max_length=32, unique=True)),
                ("wrapped", models.BinaryField()),
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
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="issued",
                        to="casebook.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("recordings", models.BooleanField(default=False)),
                ("course", models.BooleanField(default=False)),
                ("diary", models.BooleanField(default=False)),
                ("questionnaires", models.BooleanField(default=False)),
                ("secret_sha256", models.CharField(max_length=64, unique=True)),
                ("until", models.DateTimeField()),
                ("lasts_days", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("revoked", "Revoked"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="casebook.person"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("recordings", models.BooleanField(default=False)),
                ("course", models.BooleanField(default=False)),
                ("diary", models.BooleanField(default=False)),
                ("questionnaires", models.BooleanField(default=False)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="casebook.person"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["clinician", "person"], name="share_of_a_clinician")],
            },
        ),
    ]
