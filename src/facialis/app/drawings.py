"""The style sheet of the drawings that pages share with the reports, held within the places where drawings stand."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from facialis.report.drawing.templates import template_text

__all__ = ["drawings_css"]


@login_not_required
@require_safe
def drawings_css(_request: HttpRequest) -> HttpResponse:
    """The reports' rules, nested: they reach nothing but drawings, and take their colours from the page."""
    rules = template_text("report.css") + template_text("person.css")
    return HttpResponse(f".drawing{{\n{rules}\n}}\n", content_type="text/css; charset=utf-8")
