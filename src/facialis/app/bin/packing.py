"""All rows that hang on a person or a recording as one piece of bytes, and back: the same rows, the same numbers."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.deletion import Collector

__all__ = ["packed", "put_back", "rows_with"]


class _All(Collector):
    """Collects rows that Django would otherwise delete without looking at them."""

    def can_fast_delete(self, *_: Any, **__: Any) -> bool:
        """Never: each is needed."""
        return False


class _Exact(DjangoJSONEncoder):
    """Writes moments whole; Django's leaves out what is less than a millisecond."""

    def default(self, o: object) -> Any:
        """A moment with all its digits; anything else as Django writes it."""
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def rows_with(thing: models.Model) -> list[models.Model]:
    """A row, and every row that would be deleted with it."""
    collector = _All(using=DEFAULT_DB_ALIAS, origin=thing)
    collector.collect([thing])
    return list(chain.from_iterable(collector.data.values()))


def packed(rows: Iterable[models.Model]) -> bytes:
    """Rows as bytes."""
    return zlib.compress(serializers.serialize("json", rows, cls=_Exact).encode())


def put_back(content: bytes) -> Iterator[models.Model]:
    """Save rows again as they were, within a transaction, and yield each.

    What a column of them was called before the tables changed their form is left out; a new column gets what it has by
    default.
    """
    for row in serializers.deserialize("json", zlib.decompress(content).decode(), ignorenonexistent=True):
        row.save()
        yield row.object
