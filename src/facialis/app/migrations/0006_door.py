"""Passkeys, an app's codes, recovery codes, invitations; the trail is chained, and names whose data a line is about."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import facialis.app.accounts.models

__all__ = ["Migration"]


def _owned() -> list[tuple[str, models.Field[Any, Any]]]:
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("made_at", models.DateTimeField(auto_now_add=True)),
    ]


def _owner() -> tuple[str, models.Field[Any, Any]]:
    return (
        "owner",
        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
    )


def _fill(apps: Any, schema_editor: Any) -> None:
    """Each account gets its handle, the first one is the administrator's, and every line of the trail is chained.

    The lines of before named new accounts by what they are called; now by their number, as all else is.
    """
    from facialis.app.audit.trail import seal

    account, entry = apps.get_model("casebook", "Account"), apps.get_model("casebook", "Entry")
    for found in account.objects.all():
        account.objects.filter(pk=found.pk).update(handle=facialis.app.accounts.models.new_handle())
    first = account.objects.order_by("pk").first()
    if first is not None:
        account.objects.filter(pk=first.pk).update(administrator=True)
    entry.objects.filter(deed="account_made").update(thing=models.F("owner_id"))
    with schema_editor.connection.cursor() as cursor:
        for number in list(entry.objects.order_by("pk").values_list("pk", flat=True)):
            seal(cursor, number)


class Migration(migrations.Migration):
    """By what an account is opened."""

    dependencies = [
        ("casebook", "0005_filming"),
    ]

    operations = [
        migrations.AddField("account", "handle", models.CharField(max_length=64, default="")),
        migrations.AddField("account", "administrator", models.BooleanField(default=False)),
        migrations.AddField("account", "idle_min", models.PositiveSmallIntegerField(default=30)),
        migrations.AddField("account", "language", models.CharField(blank=True, max_length=5)),
        migrations.AddField("account", "closed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("failedlogin", "address", models.CharField(blank=True, max_length=45)),
        migrations.AddField("entry", "person", models.PositiveBigIntegerField(blank=True, null=True)),
        migrations.AddField("entry", "data_of", models.PositiveBigIntegerField(blank=True, null=True)),
        migrations.AddField("entry", "digest", models.CharField(blank=True, max_length=64)),
        migrations.AddIndex("entry", models.Index(fields=["data_of"], name="entry_data_of")),
        migrations.AddIndex(
            "entry", models.Index(fields=["owner", "person", "deed", "made_at"], name="entry_within_the_hour")
        ),
        migrations.RunPython(_fill, migrations.RunPython.noop),
        migrations.AlterField(
            "account",
            "handle",
            models.CharField(default=facialis.app.accounts.models.new_handle, max_length=64, unique=True),
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                *_owned(),
                ("name", models.CharField(max_length=60)),
                ("credential", models.CharField(max_length=1400, unique=True)),
                ("data", models.TextField()),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                _owner(),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Authenticator",
            fields=[*_owned(), ("sealed", models.TextField()), ("step", models.BigIntegerField(default=0)), _owner()],
        ),
        migrations.AddConstraint(
            "authenticator", models.UniqueConstraint(fields=["owner"], name="one_authenticator_of_an_account")
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[*_owned(), ("digest", models.CharField(max_length=64, unique=True)), _owner()],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                *_owned(),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("ends_at", models.DateTimeField()),
                _owner(),
            ],
            options={"abstract": False},
        ),
    ]
