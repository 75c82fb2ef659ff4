"""Dates written as moment.js 2.x writes them in English.

Follows moment's format reference, https://momentjs.com/docs/#/displaying/format/, and the two
regular expressions with which its source cuts a format into tokens.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

Number = Callable[[datetime.datetime], int]
Formatter = Callable[[datetime.datetime], str]

LONG_FORMATS = {
    "LTS": "h:mm:ss A",
    "LT": "h:mm A",
    "L": "MM/DD/YYYY",
    "LL": "MMMM D, YYYY",
    "LLL": "MMMM D, YYYY h:mm A",
    "LLLL": "dddd, MMMM D, YYYY h:mm A",
    "l": "M/D/YYYY",
    "ll": "MMM D, YYYY",
    "lll": "MMM D, YYYY h:mm A",
    "llll": "ddd, MMM D, YYYY h:mm A",
}
# moment's localFormattingTokens.
LONG_TOKENS = re.compile(r"(\[[^\[]*\])|(\\)?(LTS|LT|LL?L?L?|l{1,4})")
# moment's formattingTokens, kept letter for letter: "w[o|w]?" does take "w|", and prints it as it
# stands. Only the last dot is spelled out: in JavaScript it stops at four kinds of line end.
TOKENS = re.compile(
    r"(\[[^\[]*\])|(\\e)|(\\)?(eHHmm|[Hh]mm(ss)?|Mo|MM?M?M?|Do|DDDo|DD?D?D?|ddd?d?|do?|w[o|w]?"
    r"|W[o|W]?|Qo?|N{1,5}|YYYYYY|YYYYY|YYYY|YY|y{2,4}|yo?|gg(ggg?)?|GG(GGG?)?|e|E|a|A|hh?|HH?|kk?"
    r"|mm?|ss?|S{1,9}|x|X|zz?|ZZ?|[^\n\r\u2028\u2029])"
)
LETTERS = re.compile(r"[A-Za-z]+")

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
ORDINAL_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def format_date(value: datetime.date | datetime.datetime, fmt: str) -> str:
    """Write a date by a moment format; a plain date is midnight UTC, a naive time is UTC."""
    moment = _moment(value)
    pieces = _pieces(_expand(fmt or _default_format(moment)))
    return "".join(
        FORMATTERS[piece](moment) if piece in FORMATTERS else _unescape(piece) for piece in pieces
    )


@lru_cache(maxsize=256)
def unknown_tokens(fmt: str) -> tuple[str, ...]:
    """Name each run of letters that moment would print as it stands, once, in order.

    Letters in [brackets] or after a backslash are meant as text and not named.
    """
    return tuple(dict.fromkeys(LETTERS.findall("".join(_unknown_text(fmt)))))


def _unknown_text(fmt: str) -> Iterator[str]:
    """Give the pieces moment knows no token for, with a space for each it knows."""
    for piece in _pieces(_expand(fmt)):
        yield " " if piece in FORMATTERS or piece.startswith(("[", "\\")) else piece


def _moment(value: datetime.date) -> datetime.datetime:
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time())
    return value if value.tzinfo else value.replace(tzinfo=datetime.UTC)


def _default_format(moment: datetime.datetime) -> str:
    """Give the format moment takes for an empty one."""
    return "YYYY-MM-DDTHH:mm:ss" + ("Z" if moment.utcoffset() else "[Z]")


def _expand(fmt: str) -> str:
    """Replace the localised tokens (LL, LT, ...) with what they stand for in English."""
    return LONG_TOKENS.sub(lambda match: LONG_FORMATS.get(match[0], match[0]), fmt)


@lru_cache(maxsize=256)
def _pieces(fmt: str) -> tuple[str, ...]:
    """Cut a format into tokens, escaped text and single characters; moment drops line ends."""
    return tuple(match[0] for match in TOKENS.finditer(fmt))


def _unescape(piece: str) -> str:
    if piece.startswith("[") and len(piece) > 1:
        return piece[1:-1]
    return piece.replace("\\", "")


def _ordinal(number: int) -> str:
    teen = number // 10 % 10 == 1
    return f"{number}{'th' if teen else ORDINAL_ENDINGS.get(number % 10, 'th')}"


def _week(moment: datetime.datetime) -> tuple[int, int]:
    """Give the year and number of the week: Sunday first, week 1 holds 1 January."""
    weekday, day_of_year = _weekday(moment), _day_of_year(moment)
    if moment.month == 12 and moment.day + 6 - weekday > 31:
        return moment.year + 1, 1
    first_weekday = (weekday - day_of_year + 1) % 7
    return moment.year, (day_of_year - 1 + first_weekday) // 7 + 1


def _weekday(moment: datetime.datetime) -> int:
    return moment.isoweekday() % 7


def _day_of_year(moment: datetime.datetime) -> int:
    return moment.timetuple().tm_yday


def _hour_of_twelve(moment: datetime.datetime) -> int:
    return moment.hour % 12 or 12


def _hour_to_24(moment: datetime.datetime) -> int:
    return moment.hour or 24


def _half_day(moment: datetime.datetime) -> str:
    return "PM" if moment.hour > 11 else "AM"


def _milliseconds(moment: datetime.datetime) -> int:
    return (moment - EPOCH) // datetime.timedelta(milliseconds=1)


def _fraction(digits: int) -> Formatter:
    """Give digits of the second; moment knows milliseconds, the rest is zeros."""
    return lambda moment: f"{moment.microsecond // 1000:03}".ljust(digits, "0")[:digits]


def _offset(separator: str) -> Formatter:
    def formatter(moment: datetime.datetime) -> str:
        offset = moment.utcoffset() or datetime.timedelta()
        hours, minutes = divmod(abs(offset) // datetime.timedelta(minutes=1), 60)
        sign = "-" if offset < datetime.timedelta() else "+"
        return f"{sign}{hours:02}{separator}{minutes:02}"

    return formatter


def _name(names: list[str], index: Number, length: int | None = None) -> Formatter:
    return lambda moment: names[index(moment)][:length]


def _clock(hour: Number, rest: str = "") -> Formatter:
    """Give hour and minutes, and what strftime makes of the rest, with nothing between."""
    return lambda moment: f"{hour(moment)}{moment:%M}{moment.strftime(rest)}"


def _number_tokens(number: Number, ordinal: str = "", **widths: int) -> dict[str, Formatter]:
    """Give a number's tokens: one for each width it is filled to, and its ordinal."""

    def filled(width: int) -> Formatter:
        return lambda moment: f"{number(moment):0{width}}"

    tokens = {token: filled(width) for token, width in widths.items()}
    if ordinal:
        tokens[ordinal] = lambda moment: _ordinal(number(moment))
    return tokens


FORMATTERS: dict[str, Formatter] = {
    **_number_tokens(lambda m: m.year % 100, YY=2),
    **_number_tokens(lambda m: m.year, Y=4, YYYY=4, YYYYY=5),
    "YYYYYY": lambda m: f"+{m.year:06}",
    **_number_tokens(lambda m: m.year, "yo", y=1, yy=2, yyy=3, yyyy=4),
    **dict.fromkeys(("N", "NN", "NNN", "NNNNN"), lambda m: "AD"),
    "NNNN": lambda m: "Anno Domini",
    **_number_tokens(lambda m: (m.month + 2) // 3, "Qo", Q=1),
    **_number_tokens(lambda m: m.month, "Mo", M=1, MM=2),
    "MMM": _name(MONTHS, lambda m: m.month - 1, 3),
    "MMMM": _name(MONTHS, lambda m: m.month - 1),
    **_number_tokens(lambda m: m.day, "Do", D=1, DD=2),
    **_number_tokens(_day_of_year, "DDDo", DDD=1, DDDD=3),
    **_number_tokens(_weekday, "do", d=1, e=1),
    **_number_tokens(lambda m: m.isoweekday(), E=1),
    "dd": _name(WEEKDAYS, _weekday, 2),
    "ddd": _name(WEEKDAYS, _weekday, 3),
    "dddd": _name(WEEKDAYS, _weekday),
    **_number_tokens(lambda m: _week(m)[1], "wo", w=1, ww=2),
    **_number_tokens(lambda m: _week(m)[0] % 100, gg=2),
    **_number_tokens(lambda m: _week(m)[0], gggg=4, ggggg=5),
    **_number_tokens(lambda m: m.isocalendar().week, "Wo", W=1, WW=2),
    **_number_tokens(lambda m: m.isocalendar().year % 100, GG=2),
    **_number_tokens(lambda m: m.isocalendar().year, GGGG=4, GGGGG=5),
    **_number_tokens(lambda m: m.hour, H=1, HH=2),
    **_number_tokens(_hour_of_twelve, h=1, hh=2),
    **_number_tokens(_hour_to_24, k=1, kk=2),
    **_number_tokens(lambda m: m.minute, m=1, mm=2),
    **_number_tokens(lambda m: m.second, s=1, ss=2),
    **{"S" * digits: _fraction(digits) for digits in range(1, 10)},
    "A": _half_day,
    "a": lambda m: _half_day(m).lower(),
    "hmm": _clock(_hour_of_twelve),
    "hmmss": _clock(_hour_of_twelve, "%S"),
    "Hmm": _clock(lambda m: m.hour),
    "Hmmss": _clock(lambda m: m.hour, "%S"),
    "eHHmm": lambda m: f"{_weekday(m)}{m:%H%M}",
    # Every time here carries its offset, and moment calls all such times UTC.
    "z": lambda m: "UTC",
    "zz": lambda m: "Coordinated Universal Time",
    "Z": _offset(":"),
    "ZZ": _offset(""),
    "X": lambda m: str(_milliseconds(m) // 1000),
    "x": lambda m: str(_milliseconds(m)),
}
