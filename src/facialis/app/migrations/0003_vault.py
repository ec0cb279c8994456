"""Keys of people and of the folders of their recordings."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """Two tables more; what they are for is done at the start, by `facialis.app.vault.moving`."""

    dependencies = [
        ("casebook", "0002_review"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="casebook.person",
                    ),
                ),
                ("wrapped", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="FileKey",
            fields=[
                ("token", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("wrapped", models.BinaryField()),
                ("sealed", models.BooleanField(default=False)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="casebook.person"
                    ),
                ),
            ],
        ),
    ]
