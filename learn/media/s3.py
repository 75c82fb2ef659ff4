"""The media store in a bucket of an S3-compatible service."""

import errno
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

logger = logging.getLogger(__name__)

# Seconds for a connection, and for each part of an answer; how often something is tried in all.
CONNECT, READ, TRIES = 2, 5, 2
# Seconds during which a store that did not answer is not asked again. Each picture of each reader
# would wait for it otherwise, and all of the site's threads with them.
REST = 5.0
# For how long one try after such a rest may take.
TRIAL = TRIES * (CONNECT + READ) + REST


class S3Media(S3Storage):
    """Files of a bucket. What goes wrong is an OSError, as with files of a disk, so that whoever
    uses the store need not know where it is.

    No access rights are sent with a file: it is private unless the bucket says otherwise, and
    buckets of today refuse such rights.
    """

    def __init__(self, **options: Any) -> None:
        config = Config(
            connect_timeout=CONNECT,
            read_timeout=READ,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            s3={"addressing_style": options["addressing_style"]},
            # Many stores do not know the checksums that botocore would add by itself.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(
            client_config=config,
            # Pictures are small: no threads of its own, and no tries beyond those above.
            transfer_config=TransferConfig(use_threads=False),
            # A name holds the hash of the bytes.
            file_overwrite=True,
            **options,
        )
        # One for all threads, as its client may be: each more would take about 8 MB.
        self._connections = SimpleNamespace()
        self._lock = threading.Lock()
        self._rests_until: float | None = None

    def _open(self, name: str, mode: str = "rb") -> File:
        """All of it with one request; only for reading."""
        with self._asked(name):
            key = self._normalize_name(name)
            answer = self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=key)
            return ContentFile(answer["Body"].read(), name=name)

    def _save(self, name: str, content: File) -> str:
        with self._asked(name):
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with self._asked(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with self._asked(name):
            return super().exists(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with self._asked(name):
            return super().listdir(name)

    @contextmanager
    def _asked(self, name: str) -> Iterator[None]:
        """Around each request."""
        if not self._may_ask():
            raise OSError(errno.EIO, "the media store did not answer a moment ago", name)
        try:
            yield
        except ClientError as error:
            self._rests_until = None
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise FileNotFoundError(errno.ENOENT, "not in the media store", name) from error
            raise OSError(errno.EIO, f"the media store refuses: {error}", name) from error
        except BotoCoreError as error:
            self._rests_until = time.monotonic() + REST
            logger.warning("The media store does not answer: %s", error)
            raise OSError(errno.EIO, f"the media store fails: {error}", name) from error
        self._rests_until = None

    def _may_ask(self) -> bool:
        """After a rest one thread tries; the others go on resting until it knows."""
        with self._lock:
            if self._rests_until is None:
                return True
            if time.monotonic() < self._rests_until:
                return False
            self._rests_until = time.monotonic() + TRIAL
            return True
