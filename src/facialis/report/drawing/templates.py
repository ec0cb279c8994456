"""What every page is made with: templates, style sheets, and a voice that numbers the sources it cites."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import references, sentences, wording

__all__ = ["Voice", "environment", "template_markup", "template_text"]


class Voice:
    """Says sentences of the wording file and numbers their sources in the order in which they are first used."""

    def __init__(self) -> None:
        self.cited: dict[str, int] = {}

    def say(self, key: str, **values: object) -> str:
        """The sentence alone."""
        return wording(key, **values)

    def cite(self, key: str) -> Markup:
        """The numbers of a sentence's sources, as links; empty where only facialis itself is one."""
        return self.cite_sources([str(name) for name in sentences().get(key, {}).get("references", [])])

    def cite_sources(self, keys: Iterable[str]) -> Markup:
        """The numbers of these sources, as links."""
        numbers = [(name, self.cited.setdefault(name, len(self.cited) + 1)) for name in keys if name != "facialis"]
        link = Markup('<a href="#source-{}" aria-label="{}">{}</a>')
        links = [link.format(n, wording("page_source", number=n), n) for _, n in numbers]
        return Markup('<sup class="cite">{}</sup>').format(Markup(", ").join(links)) if links else Markup("")

    def tell(self, key: str, **values: object) -> Markup:
        """The sentence with the numbers of its sources."""
        return Markup("{}{}").format(self.say(key, **values), self.cite(key))

    def sources(self) -> list[tuple[int, dict[str, Any]]]:
        """All sources cited so far, with their numbers."""
        none = dict.fromkeys(("title", "authors", "year", "in", "doi", "pmid", "pmc", "url"), "")
        return [(number, {**none, **references()[key]}) for key, number in self.cited.items()]


@cache
def environment() -> Environment:
    """The templates; whatever is put into a page is escaped, and a name that is missing is an error."""
    return Environment(
        loader=PackageLoader("facialis.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def template_text(name: str) -> str:
    """A file of the templates as it is; KnowledgeError if it is missing."""
    try:
        return (resources.files("facialis.report") / "templates" / name).read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"{name} is missing from the installation.", advice="Install facialis again.") from error


def template_markup(name: str) -> Markup:
    """A style sheet or script of the package, which is part of the page and must not be escaped."""
    return Markup(template_text(name))
