"""What is sent to other computers and received from them."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import facialis.app.recordings.models

__all__ = ["Migration"]

_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
_MADE = ("made_at", models.DateTimeField(auto_now_add=True))


def _owner() -> tuple[str, models.Field]:  # type: ignore[type-arg]
    to = settings.AUTH_USER_MODEL
    return "owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    """Four tables more, whether a person was received, and by whom an answer was sent back."""

    dependencies = [
        ("casebook", "0018_news"),
    ]

    operations = [
        migrations.AddField("person", "received_at", models.DateTimeField(null=True)),
        migrations.AddField("issued", "sender", models.CharField(max_length=80, blank=True, default="")),
        migrations.AddField("issued", "secret", models.CharField(max_length=32, blank=True, default="")),
        migrations.CreateModel(
            "BundleAddress",
            [
                _ID,
                _MADE,
                ("recipient", models.CharField(max_length=100, unique=True)),
                ("wrapped", models.BinaryField()),
                _owner(),
            ],
        ),
        migrations.CreateModel(
            "Arrival",
            [
                _ID,
                _MADE,
                (
                    "token",
                    models.CharField(default=facialis.app.recordings.models.new_token, max_length=32, unique=True),
                ),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("facts", models.JSONField(null=True)),
                _owner(),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            "Sent",
            [
                _ID,
                _MADE,
                ("recipient", models.CharField(max_length=100)),
                ("whom", models.CharField(max_length=80)),
                (
                    "secret",
                    models.CharField(default=facialis.app.recordings.models.new_token, max_length=32, unique=True),
                ),
                ("scopes", models.JSONField(default=list)),
                ("sent_at", models.DateTimeField()),
                ("until", models.DateField()),
                _owner(),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sent", to="casebook.person"
                    ),
                ),
            ],
            options={"ordering": ["-sent_at", "-pk"]},
        ),
        migrations.CreateModel(
            "Received",
            [
                _ID,
                _MADE,
                ("secret", models.CharField(max_length=32)),
                ("sender", models.CharField(max_length=80)),
                ("made_on", models.DateField()),
                ("until", models.DateField()),
                ("reply_to", models.CharField(max_length=100)),
                _owner(),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="received", to="casebook.person"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "bundleaddress", models.UniqueConstraint(fields=("owner",), name="one_address_of_an_account")
        ),
        migrations.AddConstraint(
            "sent", models.UniqueConstraint(fields=("person", "recipient"), name="one_sent_to_an_address")
        ),
        migrations.AddConstraint(
            "received", models.UniqueConstraint(fields=("owner", "secret"), name="one_received_of_a_secret")
        ),
    ]
