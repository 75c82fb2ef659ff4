"""What axe-core finds on a page of readers, at every width, in light and dark."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RUN_AXE = """async ([part, options]) => {
    const { violations } = await axe.run(
        part === "new" ? { include: window.newlySeen } : document,
        { resultTypes: ["violations"], ...options },
    );
    return violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ")).join(", ")}`);
}"""
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
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# What a width may change of what has been seen at others.
RULES_OF_ROOM = {"type": "rule", "values": ["scrollable-region-focusable"]}
LOOKS = (
    ("light", 1280, True),
    ("light", 360, False),
    ("light", 320, False),
    ("dark", 320, True),
    ("dark", 360, False),
    ("dark", 1280, False),
)


def violations(page: Page) -> list[tuple[int, str, str]]:
    """(width, scheme, rule: elements). All rules are held against the wide page in light and the
    narrow one in dark; of the others what is new or has other colours than before."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for scheme, width, is_whole in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        new = page.evaluate(NOTE_NEW, scheme)
        runs: list[tuple[str, dict[str, Any]]] = [("all", {})]
        if not is_whole:
            runs = [("all", {"runOnly": RULES_OF_ROOM})]
            runs += [("new", {"runOnly": RULES_OF_COLOUR})] if new else []
        for run in runs:
            found += [(width, scheme, rule) for rule in page.evaluate(RUN_AXE, run)]
    return found
