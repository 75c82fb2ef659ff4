"""The desk in a real browser: whoever is logged in, and what the browser has to say."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page

from tests.admin.people import client_of

OpenDesk = Callable[..., Page]


@pytest.fixture
def open_desk(browser: Browser, live_server, transactional_db: None) -> Iterator[OpenDesk]:
    """Open a context of its own in which the user is logged in; returns its page.

    What the console says is held against the page at the end: no refusal by the policy, no error.
    """
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def open_desk(user: User, **options: object) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        session = client_of(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": session,
                    "url": live_server.url,
                }
            ]
        )
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield open_desk
    for context in contexts:
        context.close()
    # The browser itself reports the status of a page that was refused.
    faults = [text for text in said if "status of 4" not in text]
    if faults:
        pytest.fail(f"the console says: {faults}")
