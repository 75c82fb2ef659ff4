"""How gunicorn serves the site. `gunicorn` reads this file when it is started beside it:
`.venv/bin/gunicorn quicktakes.wsgi`. What is said here in words was measured; docs/benchmarks.md
has the figures. What stands on the command line wins.
"""

import ctypes
import gc
import os
from contextlib import suppress

# Where nginx, or whoever is in front, finds it: `host:port`, or `unix:/run/quicktakes/web.sock`.
bind = os.environ.get("BIND", "127.0.0.1:8000").split(",")

# A process for each processor that this one may use. Threads let one request wait for the database
# while another is answered; more of either made no difference on two processors.
workers = int(os.environ.get("WEB_CONCURRENCY", len(os.sched_getaffinity(0))))
threads = int(os.environ.get("WEB_THREADS", 4))
# gthread that takes what waits for it when it stops; see there.
worker_class = "quicktakes.worker.DrainingWorker"
# Each worker listens for itself. With one common socket one of two workers took all kept-alive
# connections in half of the runs.
reuse_port = True
# Connections of one worker, idle ones included; further ones wait until one is free.
worker_connections = 1_000
backlog = 2_048

# Longer than the 60 seconds for which nginx keeps its connections to us (deploy/nginx): so it is
# nginx that closes them, and no request is sent into a connection that is closing.
keepalive = 75

# One form for all records: gunicorn's own go the way of the site's.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
from django.conf import settings  # noqa: E402

logconfig_dict = settings.LOGGING
# The site notes requests itself (LOG_ACCESS). With a configuration of logs gunicorn puts together
# a record for each request, even where nobody wants it: as much work as a third of a stored page.
logger_class = "quicktakes.worker.LoggerWithoutAccess"

# The site is loaded once, before the workers begin: they share its memory, and start in no time.
# So an upgrade takes a restart; a reload (SIGHUP) keeps the old code.
preload_app = True
# Against what grows slowly in C libraries. Rarely, as one worker less is there for two seconds;
# spread, so that it is never all of them.
max_requests = 200_000
max_requests_jitter = 50_000

# A worker whose main thread gives no sign for so long is killed and replaced. That is not a limit
# of a request, which a thread of its own answers: PostgreSQL and nginx limit these.
timeout = 30
# What may be finished after SIGTERM; systemd and containers must wait longer before they kill.
graceful_timeout = 25
# The signs of life are written to a file; on a slow disk that alone could look like silence.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
# A socket in the home folder to steer gunicorn by: nothing here does, and two sites on one machine
# would share it.
control_socket_disable = True

# The longest address of the site, a search for 300 characters beyond ASCII, has some 2,800 bytes.
limit_request_line = 4_094
# Browsers send up to 25, proxies add 10.
limit_request_fields = 64
limit_request_field_size = 8_190

# From whom `X-Forwarded-Proto` is believed: addresses, parted by commas, or `*` where nobody but
# the proxy can connect (a container). It must set the header in place of the visitor's.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
# That one alone. gunicorn's own list has two more, and refuses a request in which they differ: any
# visitor could send one of them.
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
# By default also the path, from a header.
forwarder_headers = ""


def when_ready(server):
    """Load before the fork what the first request would load in each worker: all addresses, with
    the desk behind them, and the templates of readers' pages."""
    from django.template.loader import get_template
    from django.urls import get_resolver

    assert get_resolver().url_patterns
    folder = settings.BASE_DIR / "templates"
    for path in (*folder.glob("*.html"), *folder.glob("learn/*.html")):
        get_template(str(path.relative_to(folder)))
    # What is there now stays: no search for garbage need touch it, which would copy its memory.
    gc.collect()
    gc.freeze()


def pre_fork(server, worker):
    """A connection that two processes share says to each what was meant for the other. Nothing
    opens one while the site is loaded; should that ever change, it is closed here."""
    from django.db import connections

    connections.close_all()


def post_fork(server, worker):
    """One heap for all threads. glibc gives each its own, of which little is ever given back: 12 of
    58 MB after 6,000 pages. They take turns in Python anyway."""
    # The number that malloc.h has for M_ARENA_MAX; other C libraries have no such function.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(-8, 1)
