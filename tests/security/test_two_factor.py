"""The second factor of the login: set up, asked for, lost, guessed at."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
ASK, SET_UP, CODES = "/admin/two-factor/", "/admin/two-factor/set-up/", "/admin/two-factor/codes/"


@pytest.fixture
def compulsory(settings) -> None:
    settings.STAFF_TWO_FACTOR = True


@pytest.fixture
def ada(settings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return User.objects.create_superuser("ada", password=PASSWORD)


def log_in(client: Client, address: str = "/admin/") -> None:
    values = {"username": "ada", "password": PASSWORD, "next": address}
    assert client.post("/admin/login/", values).status_code == 302


def code_of(device: TOTPDevice, later: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return f"{totp(device.bin_key, drift=later):06}"


def set_up(client: Client) -> list[str]:
    """Turn it on by the pages; the recovery codes that are shown."""
    page = client.get(SET_UP)
    assert page.status_code == 200
    device = TOTPDevice.objects.get(confirmed=False)
    response = client.post(SET_UP, {"code": code_of(device)})
    assert response.status_code == 200, response.content.decode()
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", response.content.decode())
    assert len(codes) == 10
    return codes


def forget_codes_used() -> None:
    """Let the same half minute's code count again, so that tests need not wait for the next."""
    TOTPDevice.objects.update(last_t=-1)


# --- not compulsory, not set up


def test_without_the_setting_nobody_is_asked_and_the_header_offers_it(ada):
    client = Client()
    log_in(client)
    page = client.get("/admin/")
    assert page.status_code == 200
    assert f'href="{CODES}"' in page.content.decode()
    assert client.get(CODES).headers["Location"] == SET_UP


def test_page_costs_no_query_more_for_whoever_has_none_and_one_for_whoever_has(ada):
    client = client_of(ada)
    address = "/admin/learn/subject/"
    client.get(address)
    with CaptureQueriesContext(connection) as without:
        client.get(address)
    assert not any("otp" in query["sql"] for query in without)
    set_up(client)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    assert len(captured) == len(without) + 1


# --- setting up


def test_picture_and_text_hold_the_key_that_the_app_needs(ada):
    html = client_of(ada).get(SET_UP).content.decode()
    device = TOTPDevice.objects.get()
    assert not device.confirmed
    address = re.search(r'href="(otpauth:[^"]+)"', html)[1].replace("&amp;", "&")
    query = parse_qs(urlsplit(address).query)
    assert urlsplit(address).path == "/QuickTakes%3Aada"
    assert query["issuer"] == ["QuickTakes"]
    shown = re.search(r'two-factor-secret">([A-Z2-7 ]+)<', html)[1]
    assert shown.replace(" ", "") == query["secret"][0]
    picture = re.search(r"<svg.*?</svg>", html, re.DOTALL)[0]
    assert "style" not in picture
    assert "<script" not in picture


def test_key_stays_the_same_until_it_is_confirmed(ada):
    client = client_of(ada)
    keys = {
        re.search(r'two-factor-secret">([^<]+)<', client.get(SET_UP).content.decode())[1]
        for _ in "ab"
    }
    assert len(keys) == 1


def test_wrong_code_turns_nothing_on(ada):
    client = client_of(ada)
    client.get(SET_UP)
    response = client.post(SET_UP, {"code": "000000"})
    assert response.status_code == 400
    assert "This is not the code of the app." in response.content.decode()
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert not StaticToken.objects.exists()


def test_recovery_codes_are_shown_once_and_stored_as_hashes(ada):
    client = client_of(ada)
    codes = set_up(client)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    for code in codes:
        assert not stored & {code, code.replace("-", "")}
    page = client.get(CODES).content.decode()
    assert "You have 10 recovery codes left." in page
    assert codes[0] not in page
    assert LogEntry.objects.get().get_change_message() == "Set up two-factor login."


def test_pages_with_secrets_are_kept_by_no_cache(ada):
    client = client_of(ada)
    assert "no-store" in client.get(SET_UP)["Cache-Control"]
    device = TOTPDevice.objects.get()
    assert "no-store" in client.post(SET_UP, {"code": code_of(device)})["Cache-Control"]


# --- logging in


def test_who_has_set_it_up_is_asked_at_the_next_login_and_led_on(ada):
    set_up(client_of(ada))
    forget_codes_used()
    client = Client()
    log_in(client)
    wanted = "/admin/learn/subject/?q=a"
    response = client.get(wanted, follow=True)
    assert response.redirect_chain[-1][0].startswith(ASK)
    html = response.content.decode()
    assert "You are half logged in, as ada." in html
    assert "/admin/learn/question/" not in html
    answer = client.post(
        response.redirect_chain[-1][0], {"code": code_of(TOTPDevice.objects.get())}
    )
    assert answer["Location"] == wanted
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_second_step_sends_nobody_to_another_site(ada, target):
    set_up(client_of(ada))
    forget_codes_used()
    client = Client()
    log_in(client)
    code = code_of(TOTPDevice.objects.get())
    answer = client.post(f"{ASK}?next={target}", {"code": code, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get(f"{ASK}?next={target}")["Location"] == "/admin/"


def test_code_counts_once(ada):
    set_up(client_of(ada))
    device = TOTPDevice.objects.get()
    client = Client()
    log_in(client)
    # The one that turned it on.
    assert client.post(ASK, {"code": code_of(device)}).status_code == 400
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert client.post(ASK, {"code": code_of(device, later=1)}).status_code == 302


@pytest.mark.parametrize("later", [-3, 3])
def test_code_of_another_minute_is_refused(ada, later):
    set_up(client_of(ada))
    forget_codes_used()
    client = Client()
    log_in(client)
    code = code_of(TOTPDevice.objects.get(), later=later)
    assert client.post(ASK, {"code": code}).status_code == 400


def test_recovery_code_lets_in_once_however_it_is_typed(ada):
    first, second, *_ = set_up(client_of(ada))
    client = Client()
    log_in(client)
    assert client.post(ASK, {"code": f" {first.upper().replace('-', ' ')}"}).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert "You have 9 recovery codes left." in client.get(CODES).content.decode()
    other = Client()
    log_in(other)
    assert other.post(ASK, {"code": first}).status_code == 400
    StaticDevice.objects.update(throttling_failure_count=0)
    assert other.post(ASK, {"code": second}).status_code == 302


def test_code_of_another_account_is_refused(ada):
    bob = User.objects.create_superuser("bob")
    codes = set_up(client_of(bob))
    bobs = TOTPDevice.objects.get()
    set_up(client_of(ada))
    client = Client()
    log_in(client)
    forget_codes_used()
    assert client.post(ASK, {"code": code_of(bobs)}).status_code == 400
    assert client.post(ASK, {"code": codes[0]}).status_code == 400


def test_guessing_is_answered_ever_more_slowly(ada):
    set_up(client_of(ada))
    forget_codes_used()
    client = Client()
    log_in(client)
    TOTPDevice.objects.update(throttling_failure_count=6)
    assert client.post(ASK, {"code": "000000"}).status_code == 400
    # Not even the right one now.
    response = client.post(ASK, {"code": code_of(TOTPDevice.objects.get())})
    assert response.status_code == 429
    assert 60 <= int(response["Retry-After"]) <= 64
    assert "Please try again in 6" in response.content.decode()
    # A recovery code has failures of its own.
    assert client.post(ASK, {"code": "abcde-fghjk"}).status_code == 400
    device = TOTPDevice.objects.get()
    device.throttling_failure_timestamp -= timedelta(seconds=65)
    device.save()
    assert client.post(ASK, {"code": code_of(device)}).status_code == 302


def test_session_key_changes_with_the_second_step(ada):
    set_up(client_of(ada))
    forget_codes_used()
    client = Client()
    log_in(client)
    before = client.cookies["sessionid"].value
    client.post(ASK, {"code": code_of(TOTPDevice.objects.get())})
    assert client.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/admin/").status_code == 302


def test_each_session_shows_it_for_itself(ada):
    first, second = Client(), Client()
    log_in(first)
    set_up(first)
    log_in(second)
    assert first.get("/admin/").status_code == 200
    assert second.get("/admin/").status_code == 302


# --- compulsory

PAGES = (
    "/admin/",
    "/admin/learn/question/",
    "/admin/learn/question/add/",
    "/admin/auth/user/",
    "/admin/password_change/",
    "/admin/jsi18n/",
    "/admin/autocomplete/?app_label=learn&model_name=question&field_name=author",
)


@pytest.mark.parametrize("address", PAGES)
def test_with_the_setting_every_page_leads_to_setting_it_up(ada, compulsory, address):
    response = client_of(ada).get(address, follow=True)
    assert response.redirect_chain[-1][0].startswith(SET_UP)
    assert "This desk asks for a second step at each login." in response.content.decode()


@pytest.mark.usefixtures("compulsory")
def test_with_the_setting_scripts_are_refused_and_nothing_can_be_sent(ada):
    client = client_of(ada)
    assert client.post("/admin/learn/question/live/", {"title": "x"}).status_code == 403
    assert client.post("/admin/learn/question/upload/").status_code == 403
    response = client.post("/admin/auth/user/add/", {"username": "evil"})
    assert response["Location"].startswith("/admin/login/")
    assert User.objects.count() == 1


@pytest.mark.usefixtures("compulsory")
def test_with_the_setting_the_desk_opens_after_setting_up(ada):
    client = client_of(make_user("lee", "editor"))
    set_up(client)
    assert client.get("/admin/learn/question/").status_code == 200


@pytest.mark.usefixtures("compulsory")
def test_whoever_is_half_logged_in_can_log_out(ada):
    client = client_of(ada)
    assert client.post("/admin/logout/").status_code == 200
    assert "sessionid" not in client.cookies or not client.cookies["sessionid"].value


def test_second_factor_cannot_be_replaced_by_whoever_has_the_password_alone(ada):
    set_up(client_of(ada))
    key = TOTPDevice.objects.get().key
    client = Client()
    log_in(client)
    response = client.get(SET_UP)
    assert response.headers["Location"].startswith(ASK)
    assert client.post(SET_UP, {"code": "000000"}).headers["Location"].startswith(ASK)
    assert client.post(CODES).headers["Location"].startswith(ASK)
    assert TOTPDevice.objects.get().key == key


def test_another_app_takes_the_place_of_the_first(ada):
    client = client_of(ada)
    old = set_up(client)
    first = TOTPDevice.objects.get()
    set_up(client)
    device = TOTPDevice.objects.get()
    assert device.key != first.key
    assert client.get("/admin/").status_code == 200
    other = Client()
    log_in(other)
    assert other.post(ASK, {"code": old[0]}).status_code == 400


def test_new_recovery_codes_take_the_place_of_the_old(ada):
    client = client_of(ada)
    old = set_up(client)
    response = client.post(CODES)
    new = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", response.content.decode())
    assert len(set(new) - set(old)) == 10
    assert StaticToken.objects.count() == 10
    assert client.get("/admin/").status_code == 200
    other = Client()
    log_in(other)
    assert other.post(ASK, {"code": old[0]}).status_code == 400


# --- lost


def test_superuser_removes_the_second_factor_of_somebody_who_lost_it(ada):
    lee = make_user("lee", "editor")
    theirs = client_of(lee)
    set_up(theirs)
    boss = client_of(ada)
    page = boss.get(f"/admin/auth/user/{lee.pk}/change/").content.decode()
    address = f"/admin/auth/user/{lee.pk}/two-factor/reset/"
    assert address in page
    assert "Make sure first that it is lee" in boss.get(address).content.decode()
    assert boss.post(address).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()
    # The session that it had let in is stopped.
    assert theirs.get("/admin/").status_code == 302
    assert "Removed the second factor." in str(LogEntry.objects.first().get_change_message())


def test_nobody_else_removes_one(ada):
    client = client_of(make_user("lee", "administrator"))
    set_up(client_of(ada))
    other = make_user("kim")
    assert client.post(f"/admin/auth/user/{ada.pk}/two-factor/reset/").status_code == 403
    assert client.post(f"/admin/auth/user/{other.pk}/two-factor/reset/").status_code == 403
    assert TOTPDevice.objects.filter(confirmed=True).exists()


def test_command_removes_one_and_says_so(ada, capsys):
    call_command("resettwofactor", "ada")
    assert capsys.readouterr().out == (
        "The second factor of “ada” was not set up, so nothing is changed.\n"
    )
    set_up(client_of(ada))
    call_command("resettwofactor", "ada")
    assert capsys.readouterr().out == "The second factor of “ada” is removed.\n"
    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="There is no account “eve”"):
        call_command("resettwofactor", "eve")


def test_libraries_bring_no_pages_that_show_secrets(ada):
    client = client_of(ada)
    for address in ("otp_totp/totpdevice/", "otp_static/staticdevice/", "axes/accessattempt/"):
        assert client.get(f"/admin/{address}").status_code == 404
