"""What axe-core finds on a page."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Notes all that is shown in a scheme as seen; what was not shown or looked otherwise before is kept
# for axe in `newlySeen`. The size of a text counts in so far as it allows fainter colours.
NOTE_NEW = """scheme => {
    const seen = ((window.seen ??= {})[scheme] ??= new Map());
    window.newlySeen = [...document.body.querySelectorAll("*")].filter(element => {
        if (!element.checkVisibility()) return false;
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        const look = [
            size >= 24 || (size >= 18.66 && style.fontWeight >= 700),
            style.color, style.backgroundColor, style.backgroundImage, style.opacity,
            style.textDecorationLine, style.borderBottomStyle,
        ].join();
        const isNew = seen.get(element) !== look;
        seen.set(element, look);
        return isNew;
    });
    return window.newlySeen.length;
}"""
ALL_RULES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# What a width may change of what has been seen at others.
RULES_OF_ROOM = {"type": "rule", "values": ["scrollable-region-focusable", "target-size"]}
NEWLY_SEEN = "{include: window.newlySeen}"


def violations(page: Page, only: dict[str, Any] = ALL_RULES, part: str = "document") -> list[str]:
    """A line for each element that breaks a rule; `part` is JavaScript for what axe looks at."""
    if page.evaluate("window.axe === undefined"):
        page.evaluate(AXE_SCRIPT)
    options = {"preload": False, "resultTypes": ["violations"], "runOnly": only}
    found = page.evaluate(f"options => axe.run({part}, options)", options)["violations"]
    return [
        f"{rule['id']}: {node['html'][:300]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def violations_everywhere(page: Page) -> list[str]:
    """On a page of readers at three widths, in light and dark: all rules are held against the wide
    page in light and the narrow one in dark; of the others what is new or has other colours."""
    found = []
    for scheme, width, is_whole in (
        ("light", 1280, True),
        ("light", 360, False),
        ("light", 320, False),
        ("dark", 320, True),
        ("dark", 360, False),
        ("dark", 1280, False),
    ):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        new = page.evaluate(NOTE_NEW, scheme)
        here = violations(page, ALL_RULES if is_whole else RULES_OF_ROOM)
        if new and not is_whole:
            here += violations(page, RULES_OF_COLOUR, NEWLY_SEEN)
        found += [f"{scheme} {width}: {text}" for text in here]
    return found
