"""The desk in a real browser: people who are logged in, and what their browsers complain of."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.axe import ALL_RULES, NEWLY_SEEN, NOTE_NEW, RULES_OF_COLOUR, violations

# The admin's colours fade from one scheme into the other, which nobody need wait for here. As the
# policy of the page forbids style elements.
AT_ONCE = """() => {
    if (window.isAtOnce) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important }");
    document.adoptedStyleSheets.push(sheet);
    window.isAtOnce = true;
}"""
PRESS_SWITCH = "document.querySelector('.theme-toggle').click()"
# Of all that is shown, but for the switch itself.
COLOURS = """() => [...document.body.querySelectorAll("*")]
    .filter(element => element.checkVisibility() && !element.closest(".theme-toggle"))
    .map(element => {
        const { color, backgroundColor, borderTopColor, fill } = getComputedStyle(element);
        return [element.tagName, element.className, color, backgroundColor, borderTopColor, fill];
    })"""


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
            _is_advice(message) or complaints.append(f"{message.location['url']}: {message.text}")
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    return page


def _is_advice(message: ConsoleMessage) -> bool:
    """What the browser says of its own accord: it asks for /favicon.ico, would like password
    managers to be told more, and tells where it did not put the focus."""
    advises = message.type not in ("error", "warning")
    return advises or message.location["url"].endswith("/favicon.ico")


def faults_everywhere(page: Page) -> list[str]:
    """What axe finds and what sticks out, wide and narrow, in light and dark.

    All rules are held against the wide page in light and the narrow one in dark. Of the other two
    only the colours are left: of what is not shown, or looks otherwise, where axe has seen it in
    the same scheme. The admin's own switch must give the colours that the system's setting gives,
    so that axe need not be asked again.
    """
    found = []
    for width, scheme, rules in (
        (1280, "light", ALL_RULES),
        (320, "light", RULES_OF_COLOUR),
        (320, "dark", ALL_RULES),
        (768, "dark", None),
        (1280, "dark", RULES_OF_COLOUR),
    ):
        page.set_viewport_size({"width": width, "height": 900})
        if (shown := page.evaluate("document.documentElement.scrollWidth")) > width:
            found.append(f"{width}: {shown} pixels wide")
        if rules is None:
            continue
        # At the end of a form its row of buttons, which sticks to the window, lies upon nothing.
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        show_in(page, scheme)
        new = page.evaluate(NOTE_NEW, scheme)
        if rules is ALL_RULES:
            found += [f"{scheme} {width}: {text}" for text in violations(page)]
        elif new:
            here = violations(page, rules, NEWLY_SEEN)
            found += [f"{scheme} {width}: {text}" for text in here]
    return found + faults_of_switch(page)


def show_in(page: Page, scheme: str) -> None:
    page.evaluate(AT_ONCE)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]


def faults_of_switch(page: Page) -> list[str]:
    if not page.locator(".theme-toggle").count():
        return []
    found = []
    by_system = {}
    for scheme in ("dark", "light"):
        show_in(page, scheme)
        by_system[scheme] = page.evaluate(COLOURS)
    for system, switched in (("light", "dark"), ("dark", "light")):
        show_in(page, system)
        page.evaluate(PRESS_SWITCH)
        for by_switch, expected in zip(page.evaluate(COLOURS), by_system[switched], strict=True):
            if by_switch != expected:
                found.append(f"switched to {switched}: {by_switch}, by the system: {expected}")
        # And twice more, back to what the system says.
        page.evaluate(PRESS_SWITCH)
        page.evaluate(PRESS_SWITCH)
    return found
