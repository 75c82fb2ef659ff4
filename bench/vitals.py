"""How fast and how steadily the readers' pages appear in Chromium on a slow phone and network.

`python -m bench.vitals` serves the database that the settings name (DEBUG=true: the styles and
scripts come from the working copy) and measures the hardest pages of each kind: 150 ms to the
server and back, 1.6 Mbit/s, a processor slowed down four times, nothing in the cache. It fails
where a page is over the limits.
"""

import argparse
import gzip
import os
import shutil
import statistics
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from playwright.sync_api import Browser, Page, sync_playwright

LIMITS = {"LCP": 1000, "CLS": 0, "TBT": 0}
NETWORK = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SLOW_DOWN = 4
WIDTHS = (360, 1280)
# After the page is complete: fonts that come late, and what scripts do.
SETTLED_MS = 1500

OBSERVE = """
window.seen = { LCP: 0, CLS: 0, TBT: 0 };
const observe = (type, take) => new PerformanceObserver(
    list => list.getEntries().forEach(take)).observe({ type, buffered: true });
observe("largest-contentful-paint", entry => { seen.LCP = entry.startTime; });
observe("layout-shift", entry => { seen.CLS += entry.value; });
observe("longtask", entry => { seen.TBT += Math.max(0, entry.duration - 50); });
"""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing: the browser says what went wrong."""


def compressed(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application behind what a proxy does: text is sent compressed."""

    def answer(environ: dict, start_response: Callable[..., object]) -> Iterable[bytes]:
        started: list = []
        body = b"".join(application(environ, lambda *start: started.extend(start)))
        status, headers = started[0], dict(started[1])
        if headers.get("Content-Type", "").startswith(("text/", "application/j")):
            body = gzip.compress(body, 6)
            headers |= {"Content-Encoding": "gzip", "Content-Length": str(len(body))}
        start_response(status, list(headers.items()))
        return [body]

    return answer


def addresses() -> Iterator[tuple[str, str]]:
    """(kind, address) of the pages to measure, the heaviest of each kind of answer."""
    from django.db.models.functions import Length

    from learn.models import Question, Subject

    yield from (("home", "/"), ("subjects", "/learn"), ("search", "/search?q=energy"))
    subject = Subject.objects.listed().first()
    if subject:
        yield "subject", subject.get_absolute_url()
    pages = Question.objects.published().filter(canonical=None).select_related("subject")
    kinds = {
        "longest": pages,
        "prose": pages.filter(has_math=False).exclude(answer_html__contains="<pre"),
        "formulas": pages.filter(has_math=True),
        "code": pages.filter(answer_html__contains="<pre"),
        "table": pages.filter(answer_html__contains="<table"),
    }
    for kind, questions in kinds.items():
        question = questions.order_by(Length("answer_html").desc()).first()
        if question:
            yield kind, question.get_absolute_url()


def measure(page: Page, address: str, width: int) -> dict[str, float]:
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", {"offline": False, **NETWORK})
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(OBSERVE)
    page.goto(address, wait_until="load")
    page.wait_for_timeout(SETTLED_MS)
    return page.evaluate("seen")


def rounds(browser: Browser, address: str, width: int, number: int) -> dict[str, float]:
    """The median of each figure over pages that know nothing of each other."""
    found = []
    for _ in range(number):
        context = browser.new_context()
        found.append(measure(context.new_page(), address, width))
        context.close()
    return {name: statistics.median(figures[name] for figures in found) for name in LIMITS}


def run(number: int) -> bool:
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    pages = list(addresses())
    application = compressed(get_wsgi_application())
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    is_good = True
    with sync_playwright() as playwright:
        names = ("chromium", "chromium-browser", "chromium-headless-shell")
        chromium = next(filter(None, map(shutil.which, names)), None)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print(f"{'page':10} {'width':>5} {'LCP ms':>7} {'CLS':>7} {'TBT ms':>7}")
        for kind, path in pages:
            for width in WIDTHS:
                address = f"http://127.0.0.1:{server.server_port}{path}"
                found = rounds(browser, address, width, number)
                is_over = any(found[name] > limit for name, limit in LIMITS.items())
                is_good = is_good and not is_over
                print(
                    f"{kind:10} {width:5} {found['LCP']:7.0f} {found['CLS']:7.4f} "
                    f"{found['TBT']:7.0f}{'  over the limits' if is_over else ''}"
                )
        browser.close()
    server.shutdown()
    return is_good


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.vitals", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="visits of each page (3)")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
    django.setup()
    # Playwright keeps an event loop in this thread, though nothing here is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sys.exit(0 if run(options.rounds) else 1)


if __name__ == "__main__":
    main()
