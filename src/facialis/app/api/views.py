"""Access for programs in the page: the keys, one that is new, and what they can ask for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.app.api.door import PREFIX
from facialis.app.api.forms import TokenForm
from facialis.app.api.models import ReadToken
from facialis.app.api.routes import ROUTES
from facialis.app.api.tokens import make_token, revoke_token
from facialis.app.people.access import account_of
from facialis.app.sharing.scopes import SCOPES
from facialis.core.knowledge import wording

__all__ = ["new_token", "programs", "revoke"]


@require_GET
def programs(request: HttpRequest) -> HttpResponse:
    """The keys of the account, and every address that they open, in plain words."""
    page = {
        "tokens": ReadToken.objects.owned_by(request.user),
        "routes": [
            (path.replace("{int:pk}", "{id}"), wording(f"app_api_route_{name.removeprefix('api_')}"), _needs(name))
            for path, name in ROUTES
        ],
        "base": request.build_absolute_uri(f"/{PREFIX}people"),
        "done": request.GET.get("done", ""),
    }
    return render(request, "casebook/programs.html", page)


def _needs(name: str) -> str:
    scope = SCOPES.get(name, "")
    return wording(f"app_scope_{scope}") if scope else ""


@require_http_methods(["GET", "POST"])
def new_token(request: HttpRequest) -> HttpResponse:
    """A new key, shown this once."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, word = make_token(account_of(request), form.cleaned_data["name"], form.cleaned_data["lasts_days"])
        base = request.build_absolute_uri(f"/{PREFIX}people")
        return render(request, "casebook/token.html", {"token": token, "word": word, "base": base})
    return render(request, "casebook/token_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a key open nothing any more."""
    revoke_token(account_of(request), get_object_or_404(ReadToken.objects.owned_by(request.user), pk=pk))
    return redirect(f"{reverse('programs')}?done=revoked")
