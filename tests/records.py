"""Strict readers of BibTeX and RIS: what is not well-formed fails."""

import re

SIGNS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}
COMMAND = re.compile(r"\{\\(\w+)\}|\\([&%$#_])")
MONTHS = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
RIS_LINE = re.compile(r"([A-Z][A-Z0-9])  - (.*)")


def read_bibtex(text):
    """The fields of the one entry, with its type and key, TeX's commands resolved."""
    head = re.match(r"@([a-z]+)\{([a-z0-9]+),\n", text)
    assert head, text
    fields = {"type": head[1], "key": head[2]}
    position = head.end()
    while text[position] != "}":
        name = re.compile(r"  ([a-z]+) = ").match(text, position)
        assert name, text[position:]
        value, position = read_value(text, name.end())
        assert name[1] not in fields
        fields[name[1]] = value
        separator = re.compile(r",\n(?=  )|\n(?=\})").match(text, position)
        assert separator, text[position:]
        position = separator.end()
    assert text[position:] == "}\n"
    return fields


def read_value(text, start):
    if text[start] != "{":
        month = re.compile("[a-z]+").match(text, start)
        assert month, text[start:]
        assert month[0] in MONTHS
        return month[0], month.end()
    # BibTeX counts braces, and a backslash before one does not change that.
    depth, end = 0, start
    while True:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
        if depth == 0:
            return resolve(text[start + 1 : end - 1]), end


def resolve(value):
    """The text that TeX prints; a sign that means something to TeX must be escaped."""
    if value.startswith("http"):
        return value
    plain = COMMAND.sub("", value)
    assert not re.search(r"[\\&%$#_^~]", plain), plain
    value = value.removeprefix("{").removesuffix("}") if value.startswith("{") else value
    return COMMAND.sub(lambda found: SIGNS[found[1]] if found[1] else found[2], value)


def read_ris(text):
    """Tag -> value of the one record."""
    assert text.endswith("\r\n")
    tags = {}
    for line in text.removesuffix("\r\n").split("\r\n"):
        found = RIS_LINE.fullmatch(line)
        assert found, line
        assert found[1] not in tags
        tags[found[1]] = found[2]
    names = list(tags)
    assert (names[0], names[-1], tags["ER"]) == ("TY", "ER", "")
    return tags
