"""How a film was filmed may be open, and may be corrected."""

from __future__ import annotations

from django.db import migrations, models

__all__ = ["Migration"]


class Migration(migrations.Migration):
    """What nobody has said is empty; what was said before is kept."""

    dependencies = [
        ("casebook", "0010_share"),
    ]

    operations = [
        *(
            operation
            for model in ("recording", "upload")
            for operation in (
                migrations.AddField(model, "time", models.TimeField(null=True)),
                migrations.AlterField(model, "mirrored", models.BooleanField(null=True)),
                migrations.AlterField(model, "filmed", models.CharField(blank=True, default="planned", max_length=10)),
            )
        ),
        migrations.AddField("recording", "said_before", models.JSONField(default=list)),
    ]
