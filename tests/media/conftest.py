"""An S3 server on loopback, behind a wire that can be cut, and sites that keep pictures in it."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from learn.media.address import bucket_options
from learn.media.s3 import S3Media
from tests.servers import Wire, answers, free_port, wait_until

KEYS = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "a-secret"}


class Store:
    """A server of buckets, and the way to it."""

    def __init__(self, port: int) -> None:
        self.wire = Wire("127.0.0.1", port)
        self.client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )

    def new_bucket(self) -> str:
        """As `MEDIA_ROOT` names it: a folder in a bucket that lies behind the wire."""
        bucket = f"pictures-{uuid.uuid4().hex}"
        self.client.create_bucket(Bucket=bucket)
        return f"s3://{bucket}/of/the-site?endpoint_url=http://127.0.0.1:{self.wire.port}"

    def keys(self, address: str) -> list[str]:
        """The names of all that is in a bucket."""
        bucket = bucket_options(address)["bucket_name"]
        found = self.client.list_objects_v2(Bucket=bucket)
        return [entry["Key"] for entry in found.get("Contents", [])]


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    port = free_port()
    log: Path = tmp_path_factory.mktemp("s3") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-p", str(port)], stdout=out, stderr=out
        )
        wait_until(lambda: answers(port) or process.poll() is not None, "moto does not answer")
        assert process.poll() is None, log.read_text()
        store = Store(port)
        yield store
        store.wire.cut()
        process.terminate()
        process.wait()


@pytest.fixture
def store(s3_server: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The server; this process and those that it starts have its keys."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return s3_server


@pytest.fixture
def bucket(store: Store) -> str:
    return store.new_bucket()


@pytest.fixture
def media(bucket: str) -> S3Media:
    return S3Media(**bucket_options(bucket))
