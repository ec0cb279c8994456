"""Films of a made face with which raters practise: what happens in each is known, and stands in ``anchors.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import yaml

from facialis.core.errors import FacialisError, KnowledgeError
from facialis.core.knowledge import load, sentences
from facialis.phantom.specification import PhantomSpec, parse_spec

__all__ = ["Anchor", "anchors"]


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A film for practice.

    Parameters
    ----------
    key
        What it is called in the data.
    said
        Key of the words that say how large its movements are.
    spec
        What is painted.
    references
        Keys of ``references.yaml``.
    """

    key: str
    said: str
    spec: PhantomSpec
    references: tuple[str, ...]


@cache
def anchors() -> Mapping[str, Anchor]:
    """All films for practice by key, in the order in which they are shown.

    Raises
    ------
    KnowledgeError
        The data file is broken.

    Examples
    --------
    >>> list(anchors())
    ['moderate', 'nothing', 'slight', 'severe']
    """
    found = {}
    for key, row in load("anchors.yaml").items():
        try:
            anchor = Anchor(
                key=key,
                said=str(row["said"]),
                spec=parse_spec(yaml.safe_dump(row["film"]), "anchors.yaml", key),
                references=tuple(row["references"]),
            )
        except (KeyError, TypeError, FacialisError) as error:
            raise KnowledgeError(f"The film {key} in anchors.yaml is broken: {error!r}.") from error
        if anchor.said not in sentences():
            raise KnowledgeError(f"The film {key} in anchors.yaml has no words for {anchor.said}.")
        found[key] = anchor
    return found
