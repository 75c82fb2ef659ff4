"""A page as it is stored: compressed, with its headers and with what makes it stale."""

import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Self

import brotli  # type: ignore[import-untyped]
from django.utils.http import http_date

from learn.pages.journal import Snapshot

# Measured on question pages: brotli 5 takes 0.34 ms, gzip 6 takes 0.24 ms; brotli 11 would take
# 16 ms for a tenth less.
BROTLI_QUALITY, GZIP_LEVEL = 5, 6
GZIP_CONTAINER = 31

Headers = list[tuple[str, str]]

# Behind what most pages have alike, where a page's own headers begin (`make_entry`).
OWN = b"\r\nContent-Length: "


class FixedHeaders(Headers):
    """Headers that are sent again and again, joined once as they are sent; `length` is that of the
    body, None where there is none. A server may send `joined` as it is (quicktakes.worker does).
    """

    joined: bytes
    length: int | None

    @classmethod
    def of(cls, headers: Iterable[tuple[str, str]], length: int | None) -> Self:
        """Raises ValueError where a value would end its header."""
        fixed = cls(headers)
        fixed.joined = "".join(f"{name}: {value}\r\n" for name, value in fixed).encode("latin-1")
        fixed.length = length
        if fixed.joined.count(b"\n") + fixed.joined.count(b"\r") != 2 * len(fixed):
            raise ValueError("a header holds the end of a line")
        return fixed

    @classmethod
    def split(cls, joined: bytes, length: int) -> Self:
        """Of what `of` has joined."""
        common, mark, own = joined.partition(OWN)
        fixed = cls(_read(common))
        if mark:
            fixed.extend(_headers(mark + own))
        fixed.joined, fixed.length = joined, length
        return fixed


def _headers(joined: bytes) -> list[tuple[str, str]]:
    lines = joined.decode("latin-1").split("\r\n")
    return [tuple(line.split(": ", 1)) for line in lines if line]  # type: ignore[misc]


@lru_cache(maxsize=64)
def _read(joined: bytes) -> list[tuple[str, str]]:
    """The headers that most pages have alike, read once; not to be changed."""
    return _headers(joined)


# What an answer without a body says as well (RFC 9110, 15.4.5).
OF_NOT_MODIFIED = {"Cache-Control", "ETag", "Last-Modified", "Vary"}

# What is about the request that made the page, and not about the page.
OF_ONE_REQUEST = {"x-request-id", "server-timing"}


# For more at once hashlib lets other threads run, and then waits for its turn again: where some are
# waiting that takes longer than the hash.
PIECE = 2_047


def compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(body, quality=BROTLI_QUALITY)
    if encoding == "gzip":
        packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_CONTAINER)
        return packer.compress(body) + packer.flush()
    return body


def etag_of(body: bytes, encoding: str) -> str:
    """Strong: of these very bytes, uncompressed, in this encoding."""
    # Processors have instructions for this one: half the time of any other.
    digest = sha256()
    whole = memoryview(body)
    for start in range(0, len(body), PIECE):
        digest.update(whole[start : start + PIECE])
    name = digest.hexdigest()[:24]
    return f'"{name}-{encoding}"' if encoding else f'"{name}"'


@dataclass(slots=True)
class Entry:
    """One page in one encoding, as it is sent.

    `made_in` is the journal's snapshot from before the page was made; `until` the moment (seconds
    since 1970) at which time alone changes it.
    """

    made_in: Snapshot
    until: float
    etag: str
    # Seconds since 1970, whole ones, as a date in HTTP has no others.
    made_at: int
    # Parted by spaces.
    names: str
    headers: FixedHeaders
    body: bytes
    # What the journal had learnt when the page was last found to be fresh.
    checked: int = field(default=-1, compare=False)
    # Asked for since the memory last looked for something to drop.
    is_used: bool = field(default=False, compare=False)
    _not_modified: FixedHeaders | None = field(default=None, init=False, compare=False)

    @property
    def not_modified(self) -> FixedHeaders:
        if self._not_modified is None:
            kept = [item for item in self.headers if item[0] in OF_NOT_MODIFIED]
            self._not_modified = FixedHeaders.of(kept, None)
        return self._not_modified

    @property
    def size(self) -> int:
        """Bytes in memory, roughly: Python's own for the parts included (14,006 of a real page)."""
        return len(self.body) + 6_000 + 80 * (self.names.count(" ") + 1)

    def pack(self) -> bytes:
        """A line of what is not sent, the headers and the body, as they are sent."""
        start, end, is_open = self.made_in
        open_ones = ",".join(map(str, is_open))
        head = (start, end, open_ones, self.until, self.etag, self.made_at, self.names)
        return b"%b\n%b\r\n%b" % (
            "\t".join(map(str, head)).encode(),
            self.headers.joined,
            self.body,
        )

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        end_of_head = packed.index(b"\n")
        end_of_headers = packed.index(b"\r\n\r\n", end_of_head) + 2
        head = packed[:end_of_head].decode().split("\t")
        start, end, open_ones, until, etag, made_at, names = head
        is_open = frozenset(map(int, open_ones.split(","))) if open_ones else frozenset()
        body = packed[end_of_headers + 2 :]
        return cls(
            Snapshot(int(start), int(end), is_open),
            float(until),
            etag,
            int(made_at),
            names,
            FixedHeaders.split(packed[end_of_head + 1 : end_of_headers], len(body)),
            body,
        )


def make_entry(
    body: bytes,
    headers: Headers,
    encoding: str,
    made_in: Snapshot,
    until: float,
    names: Iterable[str],
) -> Entry:
    """The page that Django made, ready to be sent as often as it is asked for."""
    packed = compress(body, encoding)
    etag = etag_of(body, encoding)
    made_at = int(time.time())
    # What differs from page to page begins with OWN.
    own = [
        ("Content-Length", str(len(packed))),
        ("ETag", etag),
        ("Last-Modified", http_date(made_at)),
        ("Vary", "Accept-Encoding"),
    ]
    if encoding:
        own.append(("Content-Encoding", encoding))
    left_out = OF_ONE_REQUEST | {name.lower() for name, _value in own}
    kept = [item for item in headers if item[0].lower() not in left_out]
    fixed = FixedHeaders.of(kept + own, len(packed))
    return Entry(made_in, until, etag, made_at, " ".join(names), fixed, packed)
