"""The desk in a real browser: people who are logged in, and what their browsers complain of."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page

# Promises of colours that are still fading; then nothing, for Playwright to hand over.
SETTLED = "Promise.all(document.getAnimations().map(fade => fade.finished)).then(() => null)"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def page_of(browser: Browser, address: str, user: User, **options: Any) -> Page:
    """A page in a browser context of this person's own; `page.complaints` are its messages."""
    client = Client()
    client.force_login(user)
    context = browser.new_context(base_url=address, **options)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            _is_icon(message) or complaints.append(f"{message.location['url']}: {message.text}")
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    return page


def _is_icon(message: ConsoleMessage) -> bool:
    """The browser asks for /favicon.ico of its own accord."""
    return message.location["url"].endswith("/favicon.ico")


def violations(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "rules => axe.run(document, {preload: false, runOnly: {type: 'tag', values: rules}})", RULES
    )["violations"]
    return [
        f"{rule['id']}: {node['html'][:300]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def violations_everywhere(page: Page) -> list[str]:
    """In light and dark, at three widths."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            # The admin's colours fade from one scheme into the other.
            page.evaluate(SETTLED)
            found += [f"{scheme} {width}: {text}" for text in violations(page)]
    return found
