"""The door: first run, log in, log out, and the language."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from facialis.app.accounts.deeds import make_first_account
from facialis.app.accounts.forms import FirstRunForm, LoginForm
from facialis.app.accounts.limits import clear_failures, is_locked, note_failure
from facialis.app.accounts.models import Account
from facialis.app.words import LANGUAGE_KEY
from facialis.core.knowledge import LANGUAGES, wording

__all__ = ["choose_language", "enter", "first_run", "leave", "refused"]


@login_not_required
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """The first page of a new casebook: its first account."""
    if Account.objects.exists():
        return redirect("login")
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, make_first_account(form.cleaned_data["name"], form.cleaned_data["password"]))
        return redirect("home")
    return render(request, "casebook/first_run.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Log in."""
    if not Account.objects.exists():
        return redirect("first_run")
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = _known(form.cleaned_data["name"], form.cleaned_data["password"])
        if account is not None:
            login(request, account)
            return redirect(_next(request))
        form.add_error(None, wording("app_login_refused"))
    return render(request, "casebook/login.html", {"form": form}, status=422 if form.errors else 200)


def _known(name: str, password: str) -> Account | None:
    """The account, or None: the same answer whether the name, the password or the patience is at fault."""
    if is_locked(name):
        return None
    account = authenticate(name=name, password=password)
    if not isinstance(account, Account):
        note_failure(name)
        return None
    clear_failures(name)
    return account


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "home"


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out, at once and for good."""
    logout(request)
    return redirect("login")


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on."""
    if request.POST.get("language") in LANGUAGES:
        request.session[LANGUAGE_KEY] = request.POST["language"]
    return redirect(_next(request))


@login_not_required
def refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names the reason
    """A form that was open too long, or came from elsewhere."""
    return render(request, "casebook/refused.html", status=403)
