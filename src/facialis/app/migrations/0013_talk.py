"""Comments, what has not been read of them, and reports."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

__all__ = ["Migration"]

_NUMBER = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
_MADE = ("made_at", models.DateTimeField(auto_now_add=True))


def _account(*, needed: bool = True) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        blank=not needed,
        null=not needed,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def _comment(name: str) -> tuple[str, models.ForeignKey]:  # type: ignore[type-arg]
    cascade = django.db.models.deletion.CASCADE
    return "comment", models.ForeignKey(on_delete=cascade, related_name=name, to="casebook.comment")


class Migration(migrations.Migration):
    """Three tables more."""

    dependencies = [
        ("casebook", "0012_due"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                _NUMBER,
                _MADE,
                ("article", models.CharField(blank=True, max_length=80)),
                ("text", models.TextField()),
                ("at_s", models.FloatField(blank=True, null=True)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "gone",
                    models.CharField(blank=True, choices=[("own", "Own"), ("hidden", "Hidden")], max_length=10),
                ),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                ("gone_by", _account(needed=False)),
                ("owner", _account()),
                (
                    "recording",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="casebook.recording",
                    ),
                ),
                ("resolved_by", _account(needed=False)),
                (
                    "thread",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="casebook.comment",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["article"], name="comment_of_an_article")],
            },
        ),
        migrations.CreateModel(
            name="Unread",
            fields=[
                _NUMBER,
                _MADE,
                ("why", models.CharField(max_length=10)),
                _comment("unread"),
                ("owner", _account()),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=("owner", "comment"), name="one_unread_mark")],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                _NUMBER,
                _MADE,
                _comment("reports"),
                ("owner", _account()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("owner", "comment"), name="one_report")],
            },
        ),
    ]
