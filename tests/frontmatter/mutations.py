"""Files that are nearly of the common layout: what a slip of the hand or of a tool makes."""

import random

# What is put in, or in the place of something, by a mutation.
SCRAPS = [
    *(
        "\n",
        "\n\n",
        " ",
        "  ",
        "    ",
        "\t",
        "\r",
        ": ",
        ":",
        " #",
        "#",
        "-",
        "--- ",
        "---\n",
        "...\n",
    ),
    *(
        "'",
        '"',
        "|",
        ">",
        ">-",
        ">-\n",
        "[",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!!str ",
        "? ",
        "%",
        "@",
        "`",
    ),
    *(
        "null",
        "Null",
        "~",
        "True",
        "no_index: True\n",
        "score: 1\n",
        "url: /\n",
        "\\",
        "\\n",
        "<<: ",
    ),
    *(
        "\x85",
        "\u2028",
        "\ufeff",
        "\xa0",
        "é",
        "\x00",
        "\x7f",
        "０",
        "²",
        "/",
        "0",
        "-0",
        "related_article3:\n",
    ),
]


def mutated(text: str, chance: random.Random) -> str:
    """The text with some of it taken out, doubled, moved or replaced."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        lines = text.split("\n")
        place, end = sorted((chance.randrange(len(text)), chance.randrange(len(text))))
        line = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0 | 1:
                text = text[:place] + chance.choice(SCRAPS) + text[place:]
            case 2:
                text = text[:place] + chance.choice(SCRAPS) + text[place + 1 :]
            case 3:
                text = text[:place] + text[min(end, place + 3) :]
            case 4:
                text = "\n".join([*lines[:line], *lines[line + 1 :]])
            case 5:
                indented = " " * chance.randrange(5) + lines[line].strip()
                text = "\n".join([*lines[:line], indented, *lines[line + chance.randrange(2) :]])
    return text
