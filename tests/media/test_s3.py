"""Files in a bucket, as code that knows nothing of buckets uses them."""

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile

from learn.backups import making
from learn.media import s3
from learn.media.address import bucket_options
from learn.media.s3 import S3Media
from tests.media.conftest import Store
from tests.servers import free_port


def test_file_is_stored_below_the_folder_read_and_deleted(
    media: S3Media, store: Store, bucket: str
) -> None:
    assert not media.exists("images/a.png")
    for data in (b"broken", b"whole"):
        # The same name again is the same file.
        assert media.save("images/a.png", ContentFile(data)) == "images/a.png"
    assert store.keys(bucket) == ["of/the-site/images/a.png"]
    assert media.exists("images/a.png")
    with media.open("images/a.png") as file:
        assert file.size == len(b"whole")
        assert hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(b"whole").digest()
    media.delete("images/a.png")
    media.delete("images/a.png")
    assert store.keys(bucket) == []
    with pytest.raises(FileNotFoundError):
        media.open("images/a.png")


def test_file_is_nobody_elses_and_bears_its_type(media: S3Media, store: Store, bucket: str) -> None:
    media.save("images/a.png", ContentFile(b"a"))
    place = {"Bucket": bucket_options(bucket)["bucket_name"], "Key": "of/the-site/images/a.png"}
    (grant,) = store.client.get_object_acl(**place)["Grants"]
    assert (grant["Grantee"]["Type"], grant["Permission"]) == ("CanonicalUser", "FULL_CONTROL")
    assert store.client.head_object(**place)["ContentType"] == "image/png"


def test_backup_finds_what_lies_below_the_folder_and_nothing_else(
    media: S3Media, store: Store, bucket: str, monkeypatch
) -> None:
    monkeypatch.setattr(making, "default_storage", media)
    assert list(making.media_files()) == []
    for name in ("b.png", "images/a.png", "images/old/c.png"):
        media.save(name, ContentFile(b"a"))
    name = bucket_options(bucket)["bucket_name"]
    # Programs that show folders make an empty file for each.
    for key in ("of/the-site/images/", "of/the-site/", "of/the-sites/x.png", "y.png"):
        store.client.put_object(Bucket=name, Key=key, Body=b"")
    assert list(making.media_files()) == ["b.png", "images/a.png", "images/old/c.png"]


def test_threads_share_one_connection(media: S3Media) -> None:
    media.save("images/a.png", ContentFile(b"a" * 100_000))
    read: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: read.append(media.open("images/a.png").read()))
        for _ in range(4)
    ]
    connection = media.connection
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [b"a" * 100_000] * 4
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: media.connection).result() is connection


USES: list[Callable[[S3Media], object]] = [
    lambda media: media.open("images/a.png"),
    lambda media: media.exists("images/a.png"),
    lambda media: media.save("images/a.png", ContentFile(b"a")),
    lambda media: media.delete("images/a.png"),
    lambda media: media.listdir(""),
]


@pytest.fixture
def mended(store: Store) -> Iterator[Store]:
    yield store
    store.wire.cut()
    store.wire.mend()


@pytest.mark.parametrize("use", USES)
def test_store_that_is_gone_is_an_error_of_the_disk_and_asked_again_after_a_rest(
    media: S3Media, mended: Store, monkeypatch, use: Callable[[S3Media], object]
) -> None:
    media.save("images/a.png", ContentFile(b"a"))
    mended.wire.cut()
    with pytest.raises(OSError, match="the media store fails: Could not connect"):
        use(media)
    mended.wire.mend()
    with pytest.raises(OSError, match="did not answer a moment ago"):
        use(media)
    later = time.monotonic() + s3.REST
    monkeypatch.setattr(s3, "time", SimpleNamespace(monotonic=lambda: later))
    use(media)


def test_bucket_that_is_not_there_is_said_and_does_not_stop_the_asking(store: Store) -> None:
    address = f"s3://no-such-bucket?endpoint_url=http://127.0.0.1:{store.wire.port}"
    media = S3Media(**bucket_options(address))
    for _ in range(2):
        with pytest.raises(OSError, match="NoSuchBucket") as failed:
            media.open("images/a.png")
        assert not isinstance(failed.value, FileNotFoundError)
        assert isinstance(failed.value.__cause__, ClientError)


@pytest.fixture
def silent(store: Store, monkeypatch) -> Iterator[S3Media]:
    """A store that takes connections and says nothing."""
    monkeypatch.setattr(s3, "READ", 1)
    with socket.create_server(("127.0.0.1", free_port())) as server:
        port = server.getsockname()[1]
        yield S3Media(**bucket_options(f"s3://pictures?endpoint_url=http://127.0.0.1:{port}"))


def test_silent_store_costs_seconds_and_then_one_thread_only(silent: S3Media, monkeypatch) -> None:
    monkeypatch.setattr(s3, "REST", 0.5)
    began = time.monotonic()
    with pytest.raises(OSError, match="the media store fails: Read timeout"):
        silent.open("images/a.png")
    assert s3.READ < time.monotonic() - began < s3.TRIAL
    time.sleep(s3.REST)
    waits: list[float] = []

    def wait() -> None:
        began = time.monotonic()
        with pytest.raises(OSError, match="media store"):
            silent.open("images/a.png")
        waits.append(time.monotonic() - began)

    threads = [threading.Thread(target=wait) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [seconds > s3.READ for seconds in sorted(waits)] == [False, False, False, True]
