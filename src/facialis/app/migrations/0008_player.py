"""Events that are added or moved in a review, and what is made of a recording for its page."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """Three columns and a table more."""

    dependencies = [
        ("casebook", "0007_phone"),
    ]

    operations = [
        migrations.AddField(
            model_name="step",
            name="kind",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="step",
            name="region",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="step",
            name="side",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AlterField(
            model_name="step",
            name="deed",
            field=models.CharField(
                choices=[
                    ("judge", "Judge"),
                    ("exclude", "Exclude"),
                    ("include", "Include"),
                    ("undo", "Undo"),
                    ("redo", "Redo"),
                    ("add", "Add"),
                    ("move", "Move"),
                    ("remove", "Remove"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Viewing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("film", "Film"),
                            ("asked", "Asked"),
                            ("copy", "Copy"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("misses", models.JSONField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="viewing", to="casebook.recording"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
