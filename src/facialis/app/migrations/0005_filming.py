"""Films that the page makes: who was there, blocks, the recorder; and cameras whose left and right are known."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

__all__ = ["Migration"]


def _said_of_films() -> list[migrations.AddField]:
    return [
        migrations.AddField(model_name=model, name=name, field=field())
        for model in ("recording", "upload")
        for name, field in (
            ("alone", lambda: models.CharField(blank=True, max_length=3)),
            ("blocks", lambda: models.JSONField(default=list)),
            ("capture", lambda: models.JSONField(default=dict)),
        )
    ]


class Migration(migrations.Migration):
    """Columns of recordings and uploads, and one table more."""

    dependencies = [
        ("casebook", "0004_today"),
    ]

    operations = [
        *_said_of_films(),
        migrations.AlterField(
            model_name="upload",
            name="size_bytes",
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="Camera",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("key", models.CharField(max_length=128)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("mirrored", models.BooleanField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("owner", "key"), name="one_camera_of_a_key")],
            },
        ),
    ]
