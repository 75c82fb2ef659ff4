"""nginx with the configuration of deploy/nginx, on this machine's loopback."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.servers import started

SOURCE = Path(__file__).resolve().parents[1] / "deploy" / "nginx"

# Around it, what Debian's own nginx.conf has, in a folder of its own.
MAIN = """
daemon off;
pid nginx.pid;
worker_processes {workers};
{user}
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    access_log off;
    client_body_temp_path temp/body;
    proxy_temp_path temp/proxy;
    fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi;
    scgi_temp_path temp/scgi;
    include {site};
}}
"""


def write_configuration(
    folder: Path,
    *,
    changes: Mapping[str, str],
    more: Mapping[str, str] | None = None,
    tls: Mapping[str, str] | None = None,
    workers: int = 1,
) -> None:
    """deploy/nginx copied into `folder`, with `changes` (text -> text) in quicktakes.conf, what an
    operator changes there; `more` in the other files; `tls` in tls.conf, which is included then."""
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True)
    (folder / "temp").mkdir(exist_ok=True)
    _change(folder / "quicktakes.conf", changes)
    for file in sorted((folder / "quicktakes").iterdir()):
        _change(file, {old: new for old, new in (more or {}).items() if old in file.read_text()})
    if tls:
        site = (folder / "quicktakes.conf").read_text()
        _change(folder / "tls.conf", tls)
        trial = site.index("# For a trial.")
        (folder / "quicktakes.conf").write_text(f"{site[:trial]}\ninclude tls.conf;\n")
    # Files of a test's folder can be read by whoever made it only.
    user = "user root;" if os.geteuid() == 0 else ""
    main = MAIN.format(user=user, workers=workers, site="quicktakes.conf")
    (folder / "nginx.conf").write_text(main)


def _change(file: Path, changes: Mapping[str, str]) -> None:
    text = file.read_text()
    for old, new in changes.items():
        if old not in text:
            raise RuntimeError(f"{file.name} has no {old!r}")
        text = text.replace(old, new)
    file.write_text(text)


def command(folder: Path, *arguments: str) -> list[str]:
    return ["nginx", "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr", *arguments]


@contextmanager
def nginx(folder: Path, port: int) -> Iterator[int]:
    """The process of an nginx with what `write_configuration` wrote; it listens on `port`."""
    with started(command(folder), port, log=folder / "nginx.log") as pid:
        yield pid
