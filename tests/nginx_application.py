"""What stands behind nginx in its tests: answers as the site gives them, by path, each with the
number of the request, and with what came of its headers."""

import itertools
import json
import os
import time
from pathlib import Path

# The configuration of gunicorn looks after what this loads.
import quicktakes.wsgi  # noqa: F401

NUMBERS = itertools.count(1)
HEADERS = {
    # As the page store marks a page; for longer here, so that no test hangs on a second.
    "/page": [("X-Accel-Expires", "60"), ("Cache-Control", "no-store")],
    "/slow": [("X-Accel-Expires", "60")],
    "/expiring": [("X-Accel-Expires", "1"), ("ETag", '"a"')],
    "/failing": [("X-Accel-Expires", "1")],
    "/unmarked": [("Cache-Control", "public, max-age=600"), ("Expires", "Fri, 1 Jan 2100 0:0 GMT")],
    "/personal": [("X-Accel-Expires", "60"), ("Set-Cookie", "a=b")],
    "/varying": [("X-Accel-Expires", "60"), ("Vary", "Cookie")],
    "/encoded": [("X-Accel-Expires", "60"), ("Vary", "Accept-Encoding")],
    "/admin/": [("X-Accel-Expires", "60")],
}


def application(environ, start_response):
    path = environ["PATH_INFO"]
    number = next(NUMBERS)
    size = len(environ["wsgi.input"].read()) if environ["REQUEST_METHOD"] == "POST" else 0
    if path == "/slow":
        time.sleep(1)
    fails = path == "/failing" and Path(os.environ["FAIL_WHEN"]).exists()
    given = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
    content = {"number": number, "path": path, "size": size, **given}
    body = json.dumps(content).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("X-Request-ID", "of the first who asked"),
        *HEADERS.get(path, []),
    ]
    start_response("503 Service Unavailable" if fails else "200 OK", headers)
    return [body]
