"""The pages of the second factor: asking for a code, setting up an app, recovery codes.

They are open to whoever has shown a password only; everything else of the desk is not.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from learn import two_factor
from learn.admin.refusal import refuse
from learn.http import in_words

View = Callable[[HttpRequest], HttpResponse]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


def password_shown(view: View) -> View:
    """Let in whoever is logged in by password; others go to the login."""

    @never_cache
    @csrf_protect
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if not (request.user.is_active and request.user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        try:
            return view(request)
        except two_factor.Throttled as throttled:
            text = _("There were too many wrong codes. Please try again in %(time)s.")
            return refuse(
                request,
                title=_("Too many attempts"),
                text=text % {"time": in_words(throttled.seconds)},
                status=429,
                seconds=throttled.seconds,
            )

    return answer


@password_shown
def ask(request: HttpRequest) -> HttpResponse:
    """The second step of the login."""
    target = _target(request)
    if two_factor.is_verified(request):
        return HttpResponseRedirect(target)
    if not two_factor.has_device(request.user):
        return HttpResponseRedirect(_with_target("admin:two_factor_set_up", target))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if two_factor.verify(request, form.cleaned_data["code"]):
            return HttpResponseRedirect(target)
        form.add_error("code", _("This code is wrong, or it was used before. Wait for the next."))
    return _page(request, "ask", _("Second step of the login"), form=form, next=target)


@password_shown
def set_up(request: HttpRequest) -> HttpResponse:
    """A new app, in place of the one before: whoever has one already shows it first."""
    user: User = request.user  # type: ignore[assignment]
    target = _target(request)
    if two_factor.has_device(user) and not two_factor.is_verified(request):
        return HttpResponseRedirect(
            _with_target("admin:two_factor", reverse("admin:two_factor_set_up"))
        )
    form = CodeForm(request.POST or None)
    if form.is_valid():
        codes = two_factor.confirm(request, form.cleaned_data["code"])
        if codes is not None:
            _log(request, "Set up two-factor login.")
            return _codes_page(request, codes, target)
        form.add_error(
            "code", _("This is not the code of the app. Type the one that it shows now.")
        )
    device = two_factor.device_to_set_up(user)
    secret = two_factor.secret_of(device)
    return _page(
        request,
        "set_up",
        _("Set up two-factor login"),
        form=form,
        next=target,
        address=two_factor.address_of_device(device),
        picture=_picture(two_factor.address_of_device(device)),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        is_compulsory=not admin.site.has_permission(request),
    )


@password_shown
def codes(request: HttpRequest) -> HttpResponse:
    """How many recovery codes are left, and new ones."""
    if not two_factor.has_device(request.user):
        return HttpResponseRedirect(reverse("admin:two_factor_set_up"))
    if not two_factor.is_verified(request):
        return HttpResponseRedirect(_with_target("admin:two_factor", request.path))
    if request.method == "POST":
        made = two_factor.make_recovery_codes(request.user)
        _log(request, "Made new recovery codes.")
        return _codes_page(request, made, reverse("admin:index"))
    left = two_factor.recovery_codes_left(request.user)
    return _page(request, "state", _("Two-factor login"), left=left)


def _codes_page(request: HttpRequest, made: list[str], target: str) -> HttpResponse:
    return _page(request, "codes", _("Your recovery codes"), codes=made, next=target)


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    context |= admin.site.each_context(request) | {"title": title}
    form = context.get("form")
    status = 400 if form is not None and form.errors else 200
    response = render(request, f"admin/two_factor/{name}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _target(request: HttpRequest) -> str:
    """Where to go afterwards: a page of this site, if one was asked for."""
    target = request.POST.get(REDIRECT_FIELD_NAME, request.GET.get(REDIRECT_FIELD_NAME, ""))
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else reverse("admin:index")


def _with_target(name: str, target: str) -> str:
    return f"{reverse(name)}?{urlencode({REDIRECT_FIELD_NAME: target})}"


def _picture(address: str) -> SafeString:
    """The QR code, black on white in every scheme, as cameras want it."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(dark="#000", light="#fff", border=4, omitsize=True))


def _log(request: HttpRequest, message: str) -> None:
    LogEntry.objects.log_actions(request.user.pk, [request.user], CHANGE, message)  # type: ignore[arg-type, list-item]
