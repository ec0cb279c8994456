"""What something means: the "?" beside a field, and links from words to the glossary."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from facialis.app.help import fields
from facialis.app.help.linking import link_words

__all__ = ["linked", "meaning", "register"]

register = template.Library()


@register.filter
def meaning(field: BoundField) -> str:
    """What a field means, empty where its label says it all."""
    return fields.meaning(field)


class _Linked(Node):
    def __init__(self, inside: NodeList) -> None:
        self.inside = inside

    def render(self, context: Context) -> SafeString:
        """What is inside, with its words linked where a person's glossary can be opened."""
        page = self.inside.render(context)
        person = context.get("person")
        match = getattr(context.get("request"), "resolver_match", None)
        pk = getattr(person, "pk", None)
        if pk is None or match is None or match.url_name == "glossary" or context.get("guest"):
            return page  # nothing leads a guest there
        return mark_safe(link_words(page, reverse("glossary", args=[pk])))


@register.tag
def linked(parser: Parser, _token: Token) -> Node:
    """``{% linked %}…{% endlinked %}``: words of the glossary in running text lead there, each once."""
    inside = parser.parse(("endlinked",))
    parser.delete_first_token()
    return _Linked(inside)
