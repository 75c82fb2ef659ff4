"""The moment formats, against a table that moment itself printed."""

import datetime
import json
from pathlib import Path

import pytest

from learn.momentformat import FORMATTERS, LONG_FORMATS, format_date, unknown_tokens

GOLDEN = json.loads((Path(__file__).parent / "data" / "moment.json").read_text("utf-8"))


@pytest.mark.parametrize(("iso", "fmt", "expected"), GOLDEN["cases"])
def test_prints_what_moment_prints(iso: str, fmt: str, expected: str) -> None:
    assert format_date(datetime.datetime.fromisoformat(iso), fmt) == expected


def test_the_table_holds_every_token_alone() -> None:
    alone = {fmt for _, fmt, _ in GOLDEN["cases"]}
    assert alone >= FORMATTERS.keys() | LONG_FORMATS.keys()


def test_the_seeds_format() -> None:
    assert format_date(datetime.date(2025, 2, 6), "MMM DD, YYYY") == "Feb 06, 2025"


def test_a_plain_date_is_midnight_utc() -> None:
    date = datetime.date(2025, 2, 6)
    assert format_date(date, "YYYY-MM-DD HH:mm:ss.SSS Z z") == "2025-02-06 00:00:00.000 +00:00 UTC"
    assert format_date(date, "X") == "1738800000"


def test_a_naive_time_is_utc() -> None:
    assert format_date(datetime.datetime(2025, 2, 6, 14, 3), "LT Z") == "2:03 PM +00:00"


def test_microseconds_are_cut_off() -> None:
    moment = datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999)
    assert format_date(moment, "s SSSSSS x X") == "59 999000 -1 -1"


def test_line_ends_are_dropped_as_moment_drops_them() -> None:
    assert format_date(datetime.date(2025, 2, 6), "\n") == ""


@pytest.mark.parametrize(
    ("fmt", "unknown"),
    [
        ("", []),
        ("MMM DD, YYYY", []),
        ("MMM fD", ["f"]),
        ("D [of] MMMM", []),
        ("D of MMMM", ["of"]),
        ("[of] D of [for", ["of", "for"]),
        (r"\f D", []),
        (r"\[f] D", ["f"]),
        ("f D f c", ["f", "c"]),
        ("LLLL lt LTS", ["t"]),
        ("Dth", ["t"]),
        ("ggg YYY G", ["g", "G"]),
        ("w| w", ["w"]),
        ("Ddé 日 % 2025", []),
        ("r\nt", ["rt"]),
    ],
)
def test_unknown_tokens(fmt: str, unknown: list[str]) -> None:
    assert unknown_tokens(fmt) == tuple(unknown)


def test_every_token_is_known() -> None:
    tokens = [*FORMATTERS, *LONG_FORMATS]
    assert [token for token in tokens if unknown_tokens(token)] == []
