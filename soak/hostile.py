"""Markdown and TeX that want to run something, or to take for ever."""

import random
from collections.abc import Callable

# All of them call this: a browser in which it runs shows a dialog.
CALL = "alert(1)"

SCRIPTS = [
    f"<script>{CALL}</script>",
    f"<ScRiPt\n>{CALL}</sCrIpT >",
    f"<svg onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<img src=x onerror={CALL}>",
    f"<img src=x\x0conerror\x0c=\x0c{CALL}>",
    f'<a href="javascript:{CALL}">x</a>',
    f'<a href="jav&#x09;ascript:{CALL}">x</a>',
    f'<a href=" &#14; javascript:{CALL}">x</a>',
    f'<iframe srcdoc="<script>{CALL}</script>"></iframe>',
    f"<details open ontoggle={CALL}>x</details>",
    f"<body onload={CALL}>",
    f'<input autofocus onfocus="{CALL}">',
    f'<math><mtext><table><mglyph><style><img src=x onerror="{CALL}">',
    f'<math><a xlink:href="javascript:{CALL}">x</a></math>',
    f'<noscript><p title="</noscript><img src=x onerror={CALL}>">',
    f'<form><button formaction="javascript:{CALL}">x</button></form>',
    f'<object data="javascript:{CALL}"></object>',
    f'<meta http-equiv="refresh" content="0;url=javascript:{CALL}">',
    f'<base href="javascript:{CALL}//">',
    f"<style>@import 'javascript:{CALL}';</style>",
    f'<p style="background:url(javascript:{CALL})">x</p>',
    f"<template><script>{CALL}</script></template>",
    f"<!--><img src=x onerror={CALL}>-->",
    f"<![CDATA[<img src=x onerror={CALL}>]]>",
    f"<?xml version='1.0'?><img src=x onerror={CALL}>",
    f"[x](javascript:{CALL})",
    f"[x](JaVaScRiPt&colon;{CALL})",
    f"[x](&#106;avascript:{CALL})",
    f"[x](<java\tscript:{CALL}>)",
    f"![x](javascript:{CALL})",
    f'![x](x" onerror="{CALL})',
    f'[x](/a "t\\" onmouseover=\\"{CALL}")',
    f"[x]\n\n[x]: javascript:{CALL}",
    f"<javascript:{CALL}>",
    f'<https://a.b/" onmouseover="{CALL}>',
    f'https://a.b/"onmouseover="{CALL}',
    f'```"><img src=x onerror={CALL}>\nx\n```',
    f"```html\n<script>{CALL}</script>\n```",
    f"`<img src=x onerror={CALL}>`",
    f"$\\href{{javascript:{CALL}}}{{x}}$",
    f"$\\text{{<img src=x onerror={CALL}>}}$",
    f"$\\unicode{{<script>{CALL}</script>}}$",
    f'$$\\class{{x" onmouseover="{CALL}}}{{y}}$$',
    f"$$\\html{{<script>{CALL}</script>}}$$",
    f"$\\ce{{<img src=x onerror={CALL}>}}$",
    f"$<script>{CALL}</script>$",
    f'$\\color{{" onload="{CALL}}}{{x}}$',
    f"[^1]\n\n[^1]: <img src=x onerror={CALL}>",
    f"| a |\n|---|\n| <img src=x onerror={CALL}> |",
    f"# <svg onload={CALL}>",
    f"- <svg onload={CALL}>\n  > <script>{CALL}</script>",
]

# What is opened again and again, and never closed; or what makes much of little.
REPEATED = [
    "[", "![", "](", "[a](", "<", "<a ", "&", "&#", "*", "**a ", "_", "__", "~~", "`", "``a", "\\",
    "> ", "- ", "1. ", "+ \n", "# ", "|", "| a ", "|-", "$", "$$", "\\(", "\\[", "{", "}", "^",
    "_{", "\\frac{", "\\sqrt{", "\\left(", "\\right)", "x^{", "\\begin{matrix}",
    "\\begin{aligned}a&",
    "\\text{", "\\ce{", "\\color{red}{", "\\overbrace{", "\\not", "&amp;", "<div>", "<b>", "</b>",
    "<!--", "-->", "<![CDATA[", "[^1]", "[^1]: ", "```\n", "~~~\n", "\t", "\r", "\u200b",
    "\u202e", "\u0301", "a\n===\n", "[a]: b\n", "www.a.b ", "https://",
    "a@b.c ", "  \n", "(c)", "\x0c", "'\"",
]  # fmt: skip
MACROS = [
    r"$\def\a{\a\a}\a$",
    r"$\newcommand{\x}[1]{#1#1}\x{\x{\x{\x{\x{\x{\x{\x{y}}}}}}}}$",
    r"$\let\a=\b\let\b=\a\a$",
    r"$\begin{array}{" + "c" * 3_000 + r"}1\end{array}$",
    r"$\kern99999999999999em x\hspace{1e999em}$",
    r"$\rule{9999999em}{9999999em}$",
    r"$\char99999999999\mathchar\"FFFFFFFFF$",
    r"$\begin{unknown}x\end{other}$",
    r"$\verb|x$",
    r"$\input{/etc/passwd}\write18{true}$",
]
WORDS = [
    "The moon",
    "pulls",
    "water",
    "$x^2$",
    "**bold**",
    "\n\n",
    "\n",
    "- item\n",
    "ähnlich",
    "水",
]


def hostile_text(choice: random.Random) -> str:
    """A few hostile parts among harmless words."""
    parts = []
    for _ in range(choice.randint(1, 8)):
        parts.append(choice.choice(KINDS)(choice))
        parts.append(choice.choice(WORDS))
    text = choice.choice(["", " ", "\n", "\n\n"]).join(parts)
    if choice.random() < 0.2:
        text = f"${text}$"
    return text


def _script(choice: random.Random) -> str:
    return choice.choice(SCRIPTS)


def _broken_script(choice: random.Random) -> str:
    """With a character too many somewhere, or one of another script's."""
    script = choice.choice(SCRIPTS)
    place = choice.randrange(len(script))
    return (
        script[:place] + choice.choice([*"<>\"'`=&;/\\ \t\n$*[]()", "\0", "&#0;"]) + script[place:]
    )


def _nested_script(choice: random.Random) -> str:
    outer, inner = choice.choice(SCRIPTS), choice.choice(SCRIPTS)
    place = choice.randrange(len(outer))
    return outer[:place] + inner + outer[place:]


def _repeated(choice: random.Random) -> str:
    """One sign, or two in turn, often: up to some 20,000 characters."""
    unit = "".join(choice.sample(REPEATED, choice.randint(1, 2)))
    return unit * (choice.choice([30, 1_000, 20_000]) // len(unit))


def _macro(choice: random.Random) -> str:
    return choice.choice(MACROS)


def _balanced(choice: random.Random) -> str:
    """Opened often and closed as often."""
    opening, closing = choice.choice(
        [
            ("[", "](a)"), ("*", "*"), ("> ", "\n"), ("$", "$"), ("{", "}"), (r"\frac{1}{", "}"),
            (r"\left(", r"\right)"), ("<b>", "</b>"), ("(", ")"), (r"\sqrt{", "}"), ("`", "`"),
        ]
    )  # fmt: skip
    depth = choice.choice([5, 100, 2_000])
    text = opening * depth + "x" + closing * depth
    return f"${text}$" if opening.startswith("\\") or opening == "{" else text


KINDS: tuple[Callable[[random.Random], str], ...] = (
    _script,
    _broken_script,
    _nested_script,
    _repeated,
    _macro,
    _balanced,
)
