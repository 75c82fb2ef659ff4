"""How heavy the readers' pages are: every question page of a database, rendered in this process.

`python -m bench.pages` reads the database that the settings name and writes nothing.
"""

import argparse
import os
import statistics
import time

import brotli
import django

# What nginx and most CDNs use for pages that are made on request.
QUALITY = 5


def measure(longest: int | None) -> dict[str, float | str]:
    """Sizes in bytes, times in milliseconds."""
    from django.conf import settings
    from django.db.models.functions import Length
    from django.test import Client

    from learn.models import Question

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    pages = Question.objects.published().filter(canonical=None).select_related("subject")
    sizes, times, heaviest = [], [], ("", 0)
    for question in (
        pages.only("slug", "subject__slug")
        .order_by(Length("answer_html").desc())[:longest]
        .iterator()
    ):
        address = question.get_absolute_url()
        start = time.perf_counter()
        response = client.get(address)
        times.append((time.perf_counter() - start) * 1000)
        assert response.status_code == 200, address
        size = len(brotli.compress(response.content, quality=QUALITY))
        sizes.append(size)
        heaviest = max(heaviest, (address, size), key=lambda page: page[1])
    cuts = statistics.quantiles(sizes, n=100)
    return {
        "pages": len(sizes),
        "median": statistics.median(sizes),
        "p99": cuts[98],
        "max": heaviest[1],
        "heaviest": heaviest[0],
        "ms median": round(statistics.median(times), 2),
        "ms p95": round(statistics.quantiles(times, n=100)[94], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument(
        "--longest", type=int, metavar="N", help="only the N longest answers, for a quick look"
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
    django.setup()
    for name, value in measure(options.longest).items():
        print(f"{name:10} {value}")


if __name__ == "__main__":
    main()
