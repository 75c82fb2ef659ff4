"""The second factor of a login: codes of an app (TOTP), and recovery codes for when it is lost.

django-otp keeps the devices, takes each code once and slows down whoever guesses. A session shows
that it has passed by naming the device; a device that is removed takes all its sessions along.
"""

import base64
import hmac
import math
import secrets

import django_otp
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10
# Without signs that look alike. Ten of 31 are 49 bits, and guessing is slowed down.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 10
_TOTP_LENGTH = 6
# In the session of somebody who has a device: set at the login, so that no page has to look.
_SESSION_KEY = "needs_second_factor"


class Throttled(Exception):
    """Too many wrong codes; says in how many seconds another one is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def is_missing(request: HttpRequest) -> bool:
    """Whether this session still has to show a second factor."""
    is_needed = settings.STAFF_TWO_FACTOR or request.session.get(_SESSION_KEY, False)
    return is_needed and not is_verified(request)


def is_verified(request: HttpRequest) -> bool:
    return getattr(request.user, "otp_device", None) is not None


def note_login(request: HttpRequest) -> None:
    """After a login by password: whoever has a device needs it, whatever the setting says."""
    if has_device(request.user):
        request.session[_SESSION_KEY] = True


def has_device(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def device_to_set_up(user: User) -> TOTPDevice:
    """A device that does not count before a code of it was shown; the same until then."""
    return TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})[0]


def secret_of(device: TOTPDevice) -> str:
    """What the app has to know, as people type it."""
    return base64.b32encode(device.bin_key).decode()


def address_of_device(device: TOTPDevice) -> str:
    """The same as an address, which a QR code holds and which opens the app on a phone."""
    return str(device.config_url)


def confirm(request: HttpRequest, code: str) -> list[str] | None:
    """Take the new device in place of the old one, if the code is right.

    Returns the recovery codes, which are kept nowhere; None if the code is wrong. May raise
    Throttled.
    """
    user = request.user
    with transaction.atomic():
        device = _locked(TOTPDevice, user, confirmed=False)
        if device is None or not _is_right(device, _plain(code)):
            return None
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save()
        codes = make_recovery_codes(user)
    _take(request, device)
    return codes


def verify(request: HttpRequest, code: str) -> bool:
    """Whether the code is right; if so the session has passed. May raise Throttled."""
    plain = _plain(code)
    is_totp = len(plain) == _TOTP_LENGTH and plain.isdecimal()
    model, token = (TOTPDevice, plain) if is_totp else (StaticDevice, _hashed(plain))
    with transaction.atomic():
        device = _locked(model, request.user, confirmed=True)
        if device is None or not _is_right(device, token):
            return False
    _take(request, device)
    return True


def make_recovery_codes(user: User | AnonymousUser) -> list[str]:
    """New ones in place of all former ones."""
    codes = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(RECOVERY_CODES)
    ]
    with transaction.atomic():
        device, _created = StaticDevice.objects.get_or_create(user=user, defaults={"name": "codes"})
        device.token_set.all().delete()
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=_hashed(code)) for code in codes
        )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user: User | AnonymousUser) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def reset(user: User) -> bool:
    """Remove all devices; whether there was one. Sessions that had passed have not any more."""
    with transaction.atomic():
        deleted = [
            model.objects.filter(user=user).delete()[0] for model in (TOTPDevice, StaticDevice)
        ]
    return any(deleted)


def _locked(model: type[Device], user: User | AnonymousUser, *, confirmed: bool) -> Device | None:
    """The user's device, so that no other request looks at a code of it meanwhile."""
    devices = model.objects.select_for_update().filter(user=user, confirmed=confirmed)
    return devices.order_by("pk").first()


def _is_right(device: Device, token: str) -> bool:
    is_allowed, why = device.verify_is_allowed()
    if not is_allowed:
        wait = (why["locked_until"] - timezone.now()).total_seconds()
        raise Throttled(max(1, math.ceil(wait)))
    return bool(device.verify_token(token))


def _take(request: HttpRequest, device: Device) -> None:
    # Who knew the session's key before knows nothing of what it may do now.
    request.session.cycle_key()
    request.session[_SESSION_KEY] = True
    django_otp.login(request, device)


def _plain(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())[:32]


def _hashed(code: str) -> str:
    """What is stored of a recovery code: of no use to whoever reads the database or a backup."""
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, f"recovery {code}".encode(), "sha256").hex()[:16]
