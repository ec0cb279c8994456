"""One's own account in the page: by what it is opened, where it is open, who saw what, and letting it go."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.app.accounts import deeds, passkeys
from facialis.app.accounts.authenticator import address_of, fits, new_secret, opened, sealed
from facialis.app.accounts.codes import codes_left
from facialis.app.accounts.forms import CodeForm, PasskeyForm, PasswordForm, SettingsForm
from facialis.app.accounts.locking import let_out
from facialis.app.accounts.models import Account, Authenticator, Passkey
from facialis.app.accounts.sessions import end_session, end_sessions, open_sessions
from facialis.app.api.models import ReadToken
from facialis.app.audit.content import lines_of
from facialis.app.people.access import account_of
from facialis.app.people.models import Person
from facialis.app.sharing.models import Issued, Share
from facialis.app.words import LANGUAGE_KEY
from facialis.core.knowledge import wording
from facialis.report.drawing.code import code_svg

__all__ = [
    "add_passkey",
    "authenticator",
    "authenticator_code",
    "change_password",
    "delete_account",
    "end",
    "my_account",
    "name_passkey",
    "recovery_codes",
    "remove_authenticator",
    "remove_passkey",
    "seen",
    "settings",
    "still_here",
]

_SECRET = "authenticator"


@require_GET
def my_account(request: HttpRequest) -> HttpResponse:
    """By what the account is opened, where it is open, and what else can be chosen."""
    account = account_of(request)
    chosen = {"idle_min": account.idle_min, "language": account.language}
    return _page(request, SettingsForm(initial=chosen))


def _page(request: HttpRequest, form: SettingsForm, wrong: str = "") -> HttpResponse:
    account = account_of(request)
    page = {
        "account": account,
        "passkeys": Passkey.objects.filter(owner=account).order_by("pk"),
        "passkey_form": PasskeyForm(),
        "authenticator": Authenticator.objects.filter(owner=account).first(),
        "codes": codes_left(account),
        "sessions": open_sessions(account, request.session.session_key),
        "form": form,
        "wrong": wrong,
        "done": request.GET.get("done", ""),
        "recovered": "recovered" in request.GET,
    }
    return render(request, "casebook/my_account.html", page, status=422 if wrong or form.errors else 200)


def _back(done: str) -> HttpResponse:
    return redirect(f"{reverse('my_account')}?done={done}")


@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; every other session ends with the old one, and so do the keys for programs."""
    account = account_of(request)
    form = PasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid() and form.cleaned_data["password"]:
        end_sessions(account, but=request.session.session_key)
        deeds.change_password(account, form.cleaned_data["password"])
        update_session_auth_hash(request, account)
        return _back("password")
    page = {"form": form, "tokens": ReadToken.objects.filter(owner=account).exists()}
    return render(request, "casebook/change_password.html", page, status=422 if form.errors else 200)


@require_POST
def add_passkey(request: HttpRequest) -> HttpResponse:
    """One passkey more."""
    form = PasskeyForm(request.POST)
    try:
        told = form.cleaned_data if form.is_valid() else {}
        deeds.add_passkey(account_of(request), told.get("name", ""), passkeys.made(request, told.get("passkey", "")))
    except passkeys.Refused:
        return _page(request, SettingsForm(), wording("app_passkey_refused"))
    return _back("passkey")


@require_POST
def name_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a passkey something else."""
    passkey = get_object_or_404(Passkey.objects.visible_to(request.user), pk=pk)
    form = PasskeyForm(request.POST)
    if form.is_valid():
        deeds.name_passkey(account_of(request), passkey, form.cleaned_data["name"])
    return _back("saved")


@require_POST
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a passkey open nothing any more."""
    passkey = get_object_or_404(Passkey.objects.visible_to(request.user), pk=pk)
    try:
        deeds.remove_passkey(account_of(request), passkey)
    except deeds.LastWay:
        return _page(request, SettingsForm(), wording("app_passkey_last"))
    return _back("passkey_gone")


@require_http_methods(["GET", "POST"])
def authenticator(request: HttpRequest) -> HttpResponse:
    """Set an app up: its secret as a picture and in letters, and a code to show that it has it."""
    secret = opened(request.session.get(_SECRET, ""))
    if not secret:
        secret = new_secret()
        request.session[_SECRET] = sealed(secret)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        step = fits(secret, form.cleaned_data["code"])
        if step:
            deeds.turn_on_authenticator(account_of(request), secret, step)
            del request.session[_SECRET]
            return _back("authenticator")
        form.add_error("code", wording("app_code_refused"))
    page = {"form": form, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}
    return render(request, "casebook/authenticator.html", page, status=422 if form.errors else 200)


@require_GET
def authenticator_code(request: HttpRequest) -> HttpResponse:
    """The secret of the app that is being set up, as a picture of squares."""
    secret = opened(request.session.get(_SECRET, ""))
    if not secret:
        raise Http404
    return HttpResponse(code_svg(address_of(account_of(request).name, secret)), content_type="image/svg+xml")


@require_POST
def remove_authenticator(request: HttpRequest) -> HttpResponse:
    """Ask for no app's code any more."""
    deeds.remove_authenticator(account_of(request))
    return _back("authenticator_gone")


@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    return render(request, "casebook/codes.html", {"codes": deeds.new_codes(account_of(request)), "first": False})


@require_POST
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """End a session on another device."""
    if not end_session(account_of(request), ref):
        raise Http404
    return _back("ended")


@require_POST
def settings(request: HttpRequest) -> HttpResponse:
    """When the casebook locks itself, and its language."""
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    deeds.choose(account_of(request), **form.cleaned_data)
    if form.cleaned_data["language"]:
        request.session[LANGUAGE_KEY] = form.cleaned_data["language"]
    else:
        request.session.pop(LANGUAGE_KEY, None)
    return _back("saved")


@require_GET
def seen(request: HttpRequest) -> HttpResponse:
    """Who saw and did what, in plain words."""
    lines, page = lines_of(account_of(request), request.GET.get("page", "1"))
    return render(request, "casebook/seen.html", {"lines": lines, "page": page})


@require_http_methods(["GET", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Ask whether the account shall go, with all its people, and let it go."""
    account = account_of(request)
    if request.method == "POST":
        deeds.close_account(account)
        let_out(request)
        return redirect("login")
    others = Account.objects.open().exclude(pk=account.pk)
    page = {
        "people": Person.objects.filter(owner=account).order_by("name"),
        "heir": account.administrator and others,
        "shares": Share.objects.now().filter(owner=account).exists(),
        "issues": Issued.objects.filter(owner=account).exists(),
    }
    return render(request, "casebook/delete_account.html", page)


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - that it was asked is all
    """Somebody types or looks at a film: the page says so, that the casebook does not lock itself."""
    return HttpResponse(status=204)
