"""HTML in a browser without any policy, and whether something in it runs."""

from playwright.sync_api import Browser, Dialog

# What handlers wait for.
TOUCH = """() => {
    // Without attributes there is no handler.
    const elements = [...document.querySelectorAll("*")].filter(e => e.attributes.length);
    for (const element of elements)
        for (const name of ["mouseover", "focus", "click", "toggle", "error", "load"])
            element.dispatchEvent(new Event(name, {cancelable: true}));
}"""


def springs(browser: Browser, html: str) -> list[str]:
    """The messages of the dialogs that open."""
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page = browser.new_page()
    try:
        # Nothing is fetched from anywhere.
        page.route("**/*", lambda route: route.abort())
        page.on("dialog", note)
        page.set_content(html)
        page.evaluate(TOUCH)
        page.wait_for_timeout(50)
    finally:
        page.close()
    return dialogs
