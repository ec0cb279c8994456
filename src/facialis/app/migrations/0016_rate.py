"""Sets of films to rate blind, who rates them, and what they answered."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import facialis.app.rating.models
import facialis.app.recordings.models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """Four tables more."""

    dependencies = [
        ("casebook", "0015_api"),
    ]

    operations = [
        migrations.CreateModel(
            name="RatingSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("name", models.CharField(max_length=80)),
                ("scale", models.CharField(max_length=40)),
                ("repeats", models.FloatField(default=0.2)),
                ("seed", models.PositiveBigIntegerField(default=facialis.app.rating.models.new_seed)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Rater",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "token",
                    models.CharField(default=facialis.app.recordings.models.new_token, max_length=32, unique=True),
                ),
                ("practised", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "rating_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="raters", to="casebook.ratingset"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Film",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField()),
                ("start_s", models.FloatField(blank=True, null=True)),
                ("stop_s", models.FloatField(blank=True, null=True)),
                ("ready", models.BooleanField(default=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "recording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rated", to="casebook.recording"
                    ),
                ),
                (
                    "rating_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="films", to="casebook.ratingset"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField()),
                ("start_s", models.FloatField(blank=True, null=True)),
                ("stop_s", models.FloatField(blank=True, null=True)),
                ("place", models.PositiveIntegerField()),
                ("repeat", models.PositiveSmallIntegerField(default=1)),
                (
                    "token",
                    models.CharField(default=facialis.app.recordings.models.new_token, max_length=32, unique=True),
                ),
                ("answers", models.JSONField(default=dict)),
                ("taps_s", models.JSONField(default=list)),
                ("took_s", models.FloatField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "film",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="turns",
                        to="casebook.film",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "rater",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="turns", to="casebook.rater"
                    ),
                ),
            ],
            options={
                "ordering": ["place"],
            },
        ),
        migrations.AddConstraint(
            model_name="rater",
            constraint=models.UniqueConstraint(fields=("rating_set", "owner"), name="rater_once_in_a_set"),
        ),
    ]
