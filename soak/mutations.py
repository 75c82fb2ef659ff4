"""Seed files that somebody, or something, has spoilt. The same seed and number: the same file."""

import random
from collections.abc import Callable, Sequence

from soak.hostile import hostile_text

Mutation = Callable[[random.Random, bytes], bytes]


def mutated(files: Sequence[bytes], seed: int, number: int) -> bytes:
    """One of the files after one mutation, or up to four: most of many are refused at once."""
    choice = random.Random(f"{seed}:{number}")
    data = choice.choice(files)
    for _ in range(choice.choice([1, 1, 1, 2, 4])):
        data = choice.choice(MUTATIONS)(choice, data)
    return data


def flip_bytes(choice: random.Random, data: bytes) -> bytes:
    flipped = bytearray(data)
    for _ in range(choice.randint(1, 12)):
        if flipped:
            flipped[choice.randrange(len(flipped))] ^= 1 << choice.randrange(8)
    return bytes(flipped)


def cut_lines(choice: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    start = choice.randrange(len(lines) + 1)
    return b"".join(lines[:start] + lines[start + choice.randint(1, 5) :])


def cut_end(choice: random.Random, data: bytes) -> bytes:
    return data[: choice.randrange(len(data) + 1)]


def swap_lines(choice: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) > 1:
        one, other = choice.randrange(len(lines)), choice.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def double_keys(choice: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    keys = [line for line in lines if b":" in line]
    for _ in range(choice.randint(1, 3)):
        if keys:
            lines.insert(choice.randrange(len(lines) + 1), choice.choice(keys))
    return b"".join(lines)


def join_lines(choice: random.Random, data: bytes) -> bytes:
    parts = data.split(b"\n")
    place = choice.randrange(len(parts))
    return b"\n".join(parts[:place]) + b"\n".join(parts[place:])


def indent(choice: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    for _ in range(choice.randint(1, 4)):
        if lines:
            place = choice.randrange(len(lines))
            lines[place] = choice.choice([b"\t", b" ", b"    ", b"\xc2\xa0"]) + lines[place]
    return b"".join(lines)


def put_bomb(choice: random.Random, data: bytes) -> bytes:
    """YAML that would become large, deep, or something else than data."""
    size = choice.choice([10, 1_000, 20_000])
    laughs = b"a0: &a0 [x, x]\n" + b"".join(
        b"a%d: &a%d [*a%d, *a%d, *a%d]\n" % (n, n, n - 1, n - 1, n - 1) for n in range(1, 30)
    )
    bombs = [
        laughs,
        b"deep: " + b"[" * size + b"\n",
        b"deep: " + b"{a: " * size + b"\n",
        b"deep:\n" + b"".join(b" " * n + b"-\n" for n in range(min(size, 800))),
        b"deep: " + b"- " * size + b"x\n",
        b"? " * size + b"x\n",
        b"x: !!python/object/apply:os.system ['true']\n",
        b"x: !!binary " + b"A" * size + b"\n",
        b"base: &b {a: 1}\nx:\n  <<: *b\n",
        b"x: &x [*x]\n",
        b"---\n" * min(size, 50),
        b"x: " + b"'" * size + b"\n",
        b"x: |999999999\n  a\n",
        b"%YAML 9.9\n",
    ]
    return insert_line(choice, data, choice.choice(bombs))


def put_number(choice: random.Random, data: bytes) -> bytes:
    size = choice.choice([20, 400, 5_000])
    numbers = [
        b"9" * size,
        b"-" + b"9" * size,
        b"1e" + b"9" * min(size, 400),
        b"0x" + b"f" * size,
        b"0b" + b"1" * size,
        b"1:" * min(size, 400) + b"1",
        b".inf",
        b"-.inf",
        b".nan",
        b"1_0" * size,
        b"99999-12-31",
        b"0000-00-00",
        b"2025-02-30T99:99:99Z",
        b"2025-02-06T00:00:00+99:99",
    ]
    keys = [b"score", b"date", b"id", b"title", b"url", b"post_on_text", b"n" + b"1" * 30]
    line = b"%s: %s\n" % (choice.choice(keys), choice.choice(numbers))
    lines = data.splitlines(keepends=True)
    key = line.partition(b":")[0]
    places = [n for n, old in enumerate(lines) if old.startswith(key + b":")]
    if places and choice.random() < 0.8:
        lines[places[0]] = line
        return b"".join(lines)
    return insert_line(choice, data, line)


def put_quotes(choice: random.Random, data: bytes) -> bytes:
    signs = [b'"', b"'", b'\\"', b"''", b"`", b"\\", b"\\\\'", b'"\'"', b"\xe2\x80\x9c"]
    quotes = b"".join(choice.choice(signs) for _ in range(choice.choice([1, 5, 300])))
    return insert_bytes(choice, data, quotes)


def put_controls(choice: random.Random, data: bytes) -> bytes:
    signs = [bytes([n]) for n in (*range(32), 127)]
    signs += ["\x85".encode(), "\u2028".encode(), "\u202e".encode(), "\ufeff".encode()]
    signs += [b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\\ud800", b"\\0"]
    for _ in range(choice.randint(1, 6)):
        data = insert_bytes(choice, data, choice.choice(signs))
    return data


def put_long_line(choice: random.Random, data: bytes) -> bytes:
    sign = choice.choice([b"x", b" ", b"#", b":", b"- ", b"\xc3\xa4"])
    return insert_bytes(choice, data, sign * choice.choice([1_000, 30_000, 300_000]))


def encode_anew(choice: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(choice.choice(["utf-16", "utf-8-sig", "utf-32", "utf-16-le"]))


def end_lines_anew(choice: random.Random, data: bytes) -> bytes:
    return data.replace(b"\n", choice.choice([b"\r\n", b"\r", b"\n\n", b"\x0b"]))


def put_hostile_answer(choice: random.Random, data: bytes) -> bytes:
    """Below the key of the answer, as far as YAML takes it."""
    text = hostile_text(choice).replace("\n", "\n    ").encode("utf-8", "replace")
    head, key, rest = data.partition(b"answer: >-\n")
    return head + key + b"    " + text + b"\n\n" + rest


def insert_line(choice: random.Random, data: bytes, line: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    lines.insert(choice.randrange(len(lines) + 1), line)
    return b"".join(lines)


def insert_bytes(choice: random.Random, data: bytes, part: bytes) -> bytes:
    place = choice.randrange(len(data) + 1)
    return data[:place] + part + data[place:]


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    cut_lines,
    cut_end,
    swap_lines,
    double_keys,
    join_lines,
    indent,
    put_bomb,
    put_number,
    put_quotes,
    put_controls,
    put_long_line,
    encode_anew,
    end_lines_anew,
    put_hostile_answer,
)
