"""Words of the glossary in the running text of a page become links to it: each where it stands first."""

from __future__ import annotations

import re
from functools import lru_cache

from facialis.core.knowledge import load, spoken, wording

__all__ = ["link_words"]

_PARTS = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)([^>]*)>")
# Text is linked within these, and never within those: what is a link, a name, a form or an answer stays as it is.
_RUNNING = frozenset({"p", "li", "dd"})
_NEVER = frozenset({"a", "button", "label", "summary", "legend", "form", "svg", "script", "nav", "table", "kbd", "dl"})
_VOID = frozenset({"br", "img", "input", "hr", "meta", "link", "source", "wbr"})
_QUIET = re.compile(r'class="[^"]*\b(lead|said|do|file|cited|sources|tour)\b|data-|hx-')


def link_words(page: str, glossary: str) -> str:
    """The HTML of a page, in which each word of the glossary is a link where running text has it first.

    Parameters
    ----------
    page
        HTML as a template gives it: no tag stands within the value of an attribute.
    glossary
        The address of the glossary.
    """
    words, keys = _forms(spoken())
    told: set[str] = set()

    def link(found: re.Match[str]) -> str:
        key = keys.get(found.group().casefold())  # none: a letter that is only nearly one of the word's, as a dotless i
        if key is None or key in told:
            return found.group()
        told.add(key)
        return f'<a class="word" href="{glossary}#word-{key}">{found.group()}</a>'

    out: list[str] = []
    within: list[tuple[str, bool]] = []  # open elements, and whether text in them stays as it is
    for part in _PARTS.findall(page):
        tag = _TAG.fullmatch(part)
        if tag is None:
            running = within and not within[-1][1] and any(name in _RUNNING for name, _ in within)
            out.append(words.sub(link, part) if running and not part.startswith("<") else part)
            continue
        out.append(part)
        closes, name, rest = tag.group(1), tag.group(2).lower(), tag.group(3)
        if closes:
            while within and within.pop()[0] != name:
                pass
        elif name not in _VOID and not rest.endswith("/"):
            quiet = bool(within and within[-1][1]) or name in _NEVER or bool(_QUIET.search(rest))
            within.append((name, quiet))
    return "".join(out)


@lru_cache(maxsize=4)  # languages
def _forms(code: str) -> tuple[re.Pattern[str], dict[str, str]]:  # noqa: ARG001 - words are looked up in it
    """What is looked for in a language, longest first, and the key of each form."""
    keys = {
        form.casefold(): str(key)
        for key in load("glossary.yaml")["linked"]["keys"]
        for form in wording(f"word_{key}_forms").split(", ")
    }
    longest = sorted(keys, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])", re.IGNORECASE), keys
