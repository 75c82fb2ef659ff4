"""A site of two nodes that have the database and a bucket in common, but no disk."""

import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.backups.test_backup_under_load import output, rows_of
from tests.desk_client import Desk, changed
from tests.faults.conftest import CHANGE, CONTENT, QUESTION
from tests.faults.test_disks import picture
from tests.media.conftest import KEYS, Store
from tests.servers import PATIENCE, fetch, gunicorn, wait_until
from tests.sites import Site, databases

UPLOAD = "/admin/learn/question/upload/"
NODES = ("one", "two")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bucket")


@pytest.fixture(scope="module")
def new_database(folder: Path) -> Iterator[Callable[[str], str]]:
    with databases(folder) as create:
        yield create


@pytest.fixture(scope="module")
def site(s3_server: Store, new_database: Callable[[str], str], folder: Path) -> Site:
    site = Site(
        new_database("bucket"),
        MEDIA_ROOT=s3_server.new_bucket(),
        CACHE_URL="locmemcache://",
        PAGE_STORE="true",
        PAGE_STORE_FILE=str(folder / "pages.sqlite3"),
        **KEYS,
    )
    site.manage("shell", "-v0", "-c", CONTENT)
    return site


@pytest.fixture(scope="module")
def bucket(site: Site) -> str:
    return site.environment["MEDIA_ROOT"]


@pytest.fixture(scope="module")
def nodes(site: Site, folder: Path) -> Iterator[list[str]]:
    with ExitStack() as stack:
        logs = [folder / f"{name}.log" for name in NODES]
        served = [gunicorn(site.environment, log, "--threads=2") for log in logs]
        yield [stack.enter_context(server)[1] for server in served]


@pytest.fixture
def desk(nodes: list[str]) -> Desk:
    desk = Desk(nodes[0])
    desk.log_in("ada", "a-good-password")
    return desk


def upload(desk: Desk, data: bytes) -> str:
    """The address of the picture."""
    answer = desk.upload(UPLOAD, CHANGE, data)
    assert answer.status == 200, answer.text
    (address,) = re.findall(r"/media/images/[\w.-]+", answer.text)
    return address


def read(address: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(address, timeout=PATIENCE) as response:
        return response.read(), dict(response.headers)


def test_picture_that_one_node_took_is_served_by_the_other(
    desk: Desk, nodes: list[str], store: Store, bucket: str
) -> None:
    address = upload(desk, picture())
    key = f"of/the-site/{address.removeprefix('/media/')}"
    assert key in store.keys(bucket)
    body, headers = read(nodes[1] + address)
    name = bucket.removeprefix("s3://").partition("/")[0]
    assert body == store.client.get_object(Bucket=name, Key=key)["Body"].read()
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not [value for value in headers.values() if "x-amz" in value or name in value]

    store.client.delete_object(Bucket=name, Key=key)
    assert fetch(nodes[1] + address)[0] == 404
    store.client.put_object(Bucket=name, Key=key, Body=body)


def test_while_the_store_is_gone_pages_go_on_and_editors_are_told(
    desk: Desk, nodes: list[str], store: Store, folder: Path
) -> None:
    address = upload(desk, picture())
    form = changed(desk.form(CHANGE, "question_form"), answer="Written without a store.")
    store.wire.cut()
    try:
        for node in nodes:
            for path in (QUESTION, "/search?q=moon", "/healthz", "/readyz", "/admin/login/"):
                assert fetch(node + path)[0] == 200, path
            status, text, headers = fetch(node + address)
            assert (status, text) == (503, "The picture cannot be read at the moment.\n")
            assert (headers["Retry-After"], headers["Cache-Control"]) == ("10", "no-store")
        refused = desk.upload(UPLOAD, CHANGE, picture())
        assert (refused.status, "could not be stored" in refused.text) == (400, True)
        assert desk.ask(CHANGE, form).status == 200
        assert "Written without a store." in fetch(nodes[0] + QUESTION)[1]
    finally:
        store.wire.mend()
    for node in nodes:
        wait_until(lambda node=node: fetch_status(node + address) == 200, "no picture again")
    upload(desk, picture())
    logs = "".join((folder / f"{name}.log").read_text() for name in NODES)
    assert "A picture cannot be read" in logs
    assert "a-secret" not in logs


def fetch_status(address: str) -> int:
    try:
        read(address)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    return 200


def test_backup_is_restored_into_another_bucket(
    site: Site,
    desk: Desk,
    new_database: Callable[[str], str],
    bucket: str,
    store: Store,
    tmp_path: Path,
) -> None:
    address = upload(desk, picture())
    site.manage("backup", tmp_path / "site.tar", "-v0")
    other_bucket = store.new_bucket()
    other = Site(new_database("other"), migrate=False, MEDIA_ROOT=other_bucket)
    other.manage("restore", tmp_path / "site.tar", "-v0")
    assert store.keys(other_bucket) == store.keys(bucket)
    assert rows_of(other) == rows_of(site)
    assert address in output(other, "-m", "tests.backups.crawl")
    # What is there already is compared, not written again.
    other.manage("restore", tmp_path / "site.tar", "--force", "-v0")


def test_backup_without_the_store_says_so_and_leaves_nothing(
    site: Site, store: Store, tmp_path: Path
) -> None:
    store.wire.cut()
    try:
        status, out, err = site.run("backup", tmp_path / "site.tar")
    finally:
        store.wire.mend()
    assert (status, out) == (1, "")
    assert "no backup was written" in err
    assert "the media store fails: Could not connect to the endpoint URL" in err
    assert "Traceback" not in err
    assert not (tmp_path / "site.tar").exists()
