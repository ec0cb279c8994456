"""The door: first run, log in, by what, log out, prove it again, and the language."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from facialis.app.accounts import passkeys
from facialis.app.accounts.deeds import accept_invitation, invited, make_first_account, new_codes
from facialis.app.accounts.door import by_code, by_paper, by_passkey, by_password, half_in, let_in, proves, wanted_page
from facialis.app.accounts.forms import CodeForm, ConfirmForm, FirstRunForm, LoginForm, PasswordForm, RecoverForm
from facialis.app.accounts.locking import let_out
from facialis.app.accounts.models import Account, Passkey, new_handle
from facialis.app.accounts.proof import prove
from facialis.app.words import LANGUAGE_KEY
from facialis.core.knowledge import LANGUAGES, wording

__all__ = [
    "ask_passkey",
    "choose_language",
    "confirm",
    "enter",
    "first_run",
    "leave",
    "make_passkey",
    "recover",
    "refused",
    "second_step",
    "welcome",
]


@login_not_required
@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """The first page of a new casebook: its first account."""
    if Account.objects.open().exists():
        return redirect("login")
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = passkeys.made(request, told["passkey"]) if told["passkey"] else None
            return _first_time(request, make_first_account(told["name"], told["password"], made), bool(made))
        except passkeys.Refused:
            form.add_error(None, wording("app_passkey_refused"))
    return render(request, "casebook/first_run.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads that an administrator gave to somebody else: a password or passkey of their own."""
    account = invited(token)
    if account is None:
        return render(request, "casebook/link_over.html", status=404)
    form = PasswordForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = passkeys.made(request, told["passkey"]) if told["passkey"] else None
            return _first_time(request, accept_invitation(token, told["password"], made), bool(made))
        except passkeys.Refused:
            form.add_error(None, wording("app_passkey_refused"))
    page = {"form": form, "account": account, "token": token}
    return render(request, "casebook/welcome.html", page, status=422 if form.errors else 200)


def _first_time(request: HttpRequest, account: Account, by_key: bool) -> HttpResponse:
    """In for the first time: recovery codes are shown at once, as a forgotten password cannot be sent."""
    let_in(request, account, "passkey" if by_key else "password")
    return render(request, "casebook/codes.html", {"codes": new_codes(account), "first": True})


@login_not_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Log in."""
    if request.user.is_authenticated or not Account.objects.open().exists():
        return redirect("home" if request.user.is_authenticated else "first_run")
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told, way = form.cleaned_data, "passkey" if form.cleaned_data["passkey"] else "password"
        by_key = way == "passkey"
        account = by_passkey(request, told[way]) if by_key else by_password(request, told["name"], told[way])
        if account is not None:
            return let_in(request, account, way, wanted_page(request))
        form.add_error(None, wording("app_passkey_refused" if by_key else "app_login_refused"))
    return render(request, "casebook/login.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """After the password: what the app shows."""
    account, wanted = half_in(request)
    if account is None:
        return redirect("login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if by_code(request, account, form.cleaned_data["code"]):
            return let_in(request, account, "code", wanted)
        form.add_error(None, wording("app_code_refused"))
    return render(request, "casebook/second_step.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Come in by a code from paper, and go on to what has to be set up anew."""
    form = RecoverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = by_paper(request, form.cleaned_data["name"], form.cleaned_data["code"])
        if account is not None:
            return let_in(request, account, "paper", f"{reverse('my_account')}?recovered=1")
        form.add_error(None, wording("app_recover_refused"))
    return render(request, "casebook/recover.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask once more for the password or a passkey, before something grave."""
    form = ConfirmForm(request.POST or None)
    assert isinstance(request.user, Account)
    if request.method == "POST" and form.is_valid():
        if proves(request, request.user, form.cleaned_data):
            prove(request)
            wanted = wanted_page(request)
            # A file leaves the page where it is: it has to say something else than the question by then.
            given = render(request, "casebook/confirmed.html", {"wanted": wanted})
            return given if wanted.endswith(".zip") else redirect(wanted)
        form.add_error(None, wording("app_confirm_refused"))
    keys = Passkey.objects.filter(owner=request.user).exists()
    page = {"form": form, "keys": keys}
    return render(request, "casebook/confirm.html", page, status=422 if form.errors else 200)


@login_not_required
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser is to ask a passkey, whosever it is."""
    return JsonResponse(passkeys.asked(request))


@login_not_required
@require_POST
def make_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser is to ask for a new passkey: of one's own account, an invited one, or the first one."""
    account = request.user if isinstance(request.user, Account) else invited(request.POST.get("token", ""))
    if account is not None:
        known = Passkey.objects.filter(owner=account)
        return JsonResponse(passkeys.making(request, account.handle, account.name, known))
    if Account.objects.open().exists():
        raise Http404
    return JsonResponse(passkeys.making(request, new_handle(), request.POST.get("name", "")[:80] or "facialis"))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Log out, at once and for good; a page that locks itself leads back to where it was."""
    let_out(request)
    wanted = wanted_page(request)
    return redirect("login" if wanted == "home" else f"{reverse('login')}?{urlencode({'next': wanted})}")


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on."""
    if request.POST.get("language") in LANGUAGES:
        request.session[LANGUAGE_KEY] = request.POST["language"]
        if isinstance(request.user, Account):
            Account.objects.filter(pk=request.user.pk).update(language=request.POST["language"])
    return redirect(wanted_page(request))


@login_not_required
def refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names the reason
    """A form that was open too long, or came from elsewhere."""
    return render(request, "casebook/refused.html", status=403)
