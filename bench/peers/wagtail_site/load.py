"""Make the database and fill it: `python -m wagtail_site.load ANSWERS.json`, a list of subjects as
[title, slug, [[title, slug, date, summary, html], ...]]."""

import json
import sys
from datetime import date
from pathlib import Path

import django
from django.core.management import call_command
from django.db import transaction


def main(path: str) -> None:
    django.setup()
    from wagtail.models import Page, Site

    from wagtail_site.models import AnswerPage, SubjectPage

    call_command("makemigrations", "wagtail_site", verbosity=0)
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        root = Page.objects.get(depth=1)
        Page.objects.filter(depth__gt=1).delete()
        root.refresh_from_db()
        home = root.add_child(instance=Page(title="Answers", slug="home"))
        Site.objects.update_or_create(
            hostname="localhost", defaults={"root_page": home, "is_default_site": True}
        )
        for title, slug, answers in json.loads(Path(path).read_text()):
            subject = home.add_child(instance=SubjectPage(title=title, slug=slug))
            for name, part, posted, summary, html in answers:
                subject.add_child(
                    instance=AnswerPage(
                        title=name[:255],
                        slug=part[:255],
                        date=date.fromisoformat(posted),
                        search_description=summary,
                        body=html,
                    )
                )


if __name__ == "__main__":
    main(sys.argv[1])
