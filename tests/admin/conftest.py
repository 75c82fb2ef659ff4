from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from learn.admin.choices import forget_choices
from tests.admin.desk_browser import open_desk  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def no_remembered_choices() -> None:
    """Lists of subjects and authors that another test left in the cache."""
    forget_choices()


@pytest.fixture
def admin_user(db: None) -> User:
    """Without a password: hashing one takes longer than most of these tests."""
    return User.objects.create_superuser("ada")


@dataclass
class Editor:
    """A person at the desk, in a browser of their own."""

    name: str
    context: BrowserContext
    url: str

    def log_in(self) -> None:
        user, _ = User.objects.get_or_create(
            username=self.name, defaults={"is_staff": True, "is_superuser": True}
        )
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.url}]
        )

    def lose_login(self) -> None:
        self.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(self.url + address)
        return page


@pytest.fixture
def editor(
    browser: Browser, live_server, transactional_db: None
) -> Iterator[Callable[..., Editor]]:
    """Makes people at the desk; nothing that their browsers were shown broke the policy."""
    contexts = []
    refused: list[str] = []

    def listen(page: Page) -> None:
        page.on(
            "console",
            lambda message: (
                refused.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        page.on("pageerror", lambda error: refused.append(str(error)))

    def make(name: str = "ada", **options: object) -> Editor:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.on("page", listen)
        contexts.append(context)
        made = Editor(name, context, live_server.url)
        made.log_in()
        return made

    yield make
    for context in contexts:
        context.close()
    assert refused == []
