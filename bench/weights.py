"""How heavy a question's page is with its styles inlined, over all pages that the database shows.

    python -m bench.weights [--step N]

The figures are bytes at brotli's quality 5; the limits are 7,000 at p99 and 9,000 at most.
"""

import argparse
import os
import re
from collections.abc import Iterator

import brotli
import django

QUALITY = 5
STYLESHEET = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)">')
GRAPH = re.compile(r'<script type="application/ld\+json">.*?</script>\n?', re.DOTALL)


def pages(step: int) -> Iterator[str]:
    """The HTML of every `step`-th question's page, with its stylesheets in place of their links."""
    from django.contrib.staticfiles import finders
    from django.test import Client

    from learn.models import Question

    def style(match: re.Match[str]) -> str:
        with open(finders.find(match[1])) as file:
            return f"<style>{file.read()}</style>"

    client = Client(headers={"host": "localhost"})
    questions = Question.objects.published().filter(canonical=None).select_related("subject")
    for question in questions.order_by("pk").iterator():
        if question.pk % step == 0:
            html = client.get(question.get_absolute_url()).content.decode()
            yield STYLESHEET.sub(style, html)


def weigh(html: str) -> int:
    return len(brotli.compress(html.encode(), quality=QUALITY))


def line(name: str, sizes: list[int]) -> str:
    sizes.sort()
    p50, p99 = (sizes[int(len(sizes) * share)] for share in (0.5, 0.99))
    return f"{name:28} {len(sizes):>7,} {p50:>7,} {p99:>7,} {sizes[-1]:>7,}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.weights", description=__doc__)
    parser.add_argument("--step", type=int, default=1, help="weigh every N-th page only")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
    django.setup()
    whole, bare = [], []
    for html in pages(options.step):
        whole.append(weigh(html))
        bare.append(weigh(GRAPH.sub("", html)))
    print(f"{'bytes, brotli 5':28} {'pages':>7} {'p50':>7} {'p99':>7} {'max':>7}")
    print(line("page", whole))
    print(line("page without structured data", bare))


if __name__ == "__main__":
    main()
