"""Words of texts and queries, and their stems. Knows no database."""

import re
import unicodedata
from functools import lru_cache

_STOPPING = (
    "a about all also an and any are as at be because been between both but by can could describe "
    "did discuss do does each explain for from had has have how i if in into is it its may me "
    "might more most of on one or our over provide should so some such than that the their them "
    "there these they this those through to under us use was we were what when where which while "
    "who why will with would you your"
)
STOP_WORDS = frozenset(_STOPPING.split())
# A query's further words are left alone: what is looked for is said by then.
MAX_WORDS = 24

_ASCII = bytes(range(128))
_ACCENT = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_CONTROL = re.compile("[\x00-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINER = re.compile(r"(?<=\w)['’](?=\w)")


def fold(text: str) -> str:
    """Small letters without accents, as both indexes have them."""
    if text.isascii():
        return text.lower()
    # Octets are made small, and the few strange characters found, ten times as fast as letters.
    octets = text.encode(errors="surrogatepass").lower()
    folded = octets.decode(errors="surrogatepass")
    strange = octets.translate(None, delete=_ASCII).decode(errors="surrogatepass")
    for character in set(strange):
        plain = _folded(character)
        if plain != character:
            folded = folded.replace(character, plain)
    return folded


@lru_cache(maxsize=5_000)
def _folded(character: str) -> str:
    """What stands for it however often it is folded: the trade mark sign becomes TM, then tm."""
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", character.casefold()))
    return plain if plain == character else "".join(map(_folded, plain))


def clean(text: str) -> str:
    """One line without control characters, direction marks and superfluous blanks."""
    return " ".join(_CONTROL.sub(" ", text).split())


def split_words(text: str) -> list[str]:
    # Most texts have no apostrophe, which is seen at once.
    if "'" in text or "’" in text:
        text = _JOINER.sub("", text)
    return _WORD.findall(fold(text))


def query_words(text: str) -> list[str]:
    """The telling words of a query, each once; all of its words where none is telling."""
    words = list(dict.fromkeys(split_words(clean(text))))
    return ([word for word in words if word not in STOP_WORDS] or words)[:MAX_WORDS]


# --- Porter's stemmer, as SQLite has it (tartarus.org/martin/PorterStemmer)

_STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize",
    "logi": "log", "bli": "ble", "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous",
    "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al", "iveness": "ive",
    "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
}  # fmt: skip
_STEP_3 = {
    "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": "",
}  # fmt: skip
_STEP_4 = (
    "ement ance ence able ible ment ant ent ism ate iti ous ive ize al er ic ou".split()  # noqa: SIM905
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its English endings: relating, related and relates become one."""
    if len(word) < 3 or not word.isascii():
        return word
    word = _step_1(word)
    for endings in (_STEP_2, _STEP_3):
        for ending in sorted(endings, key=len, reverse=True):
            if word.endswith(ending):
                before = word[: -len(ending)]
                if _measure(before) > 0:
                    word = before + endings[ending]
                break
    return _step_5(_step_4(word))


def _shape(word: str) -> str:
    """`v` for each vowel and `c` for each consonant; y is a vowel after a consonant."""
    shape = ""
    for letter in word:
        is_vowel = letter in "aeiou" or (letter == "y" and shape.endswith("c"))
        shape += "v" if is_vowel else "c"
    return shape


def _measure(word: str) -> int:
    """How often a vowel is followed by a consonant."""
    return _shape(word).count("vc")


def _ends_short(word: str) -> bool:
    return _shape(word).endswith("cvc") and word[-1] not in "wxy"


def _step_1(word: str) -> str:
    if word.endswith("sses") or word.endswith("ies"):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if word.endswith("eed"):
        if _measure(word[:-3]) > 0:
            word = word[:-1]
    else:
        for ending in ("ed", "ing"):
            before = word[: -len(ending)]
            if word.endswith(ending) and "v" in _shape(before):
                word = _mend(before)
                break
    if word.endswith("y") and "v" in _shape(word[:-1]):
        word = word[:-1] + "i"
    return word


def _mend(word: str) -> str:
    """What is left after -ed or -ing: hoping, hopping, sizing."""
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if len(word) > 1 and word[-1] == word[-2] and _shape(word)[-1] == "c" and word[-1] not in "lsz":
        return word[:-1]
    if _measure(word) == 1 and _ends_short(word):
        return word + "e"
    return word


def _step_4(word: str) -> str:
    for ending in _STEP_4:
        if word.endswith(ending):
            before = word[: -len(ending)]
            return before if _measure(before) > 1 else word
    if word.endswith(("sion", "tion")) and _measure(word[:-3]) > 1:
        return word[:-3]
    return word


def _step_5(word: str) -> str:
    if word.endswith("e"):
        before = word[:-1]
        measure = _measure(before)
        if measure > 1 or (measure == 1 and not _ends_short(before)):
            word = before
    if word.endswith("ll") and _measure(word) > 1:
        word = word[:-1]
    return word
