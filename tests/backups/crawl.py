"""`python -m tests.backups.crawl` fetches all that links lead to from a site's first page, and all
pictures; prints the addresses, and ends with 1 at the first that does not answer 200."""

import html
import re
import sys
from collections import deque

import django

# What bears `nofollow` (forms, practice without an end, downloads) is not for crawlers.
LINK = re.compile(r'<a\b(?![^>]*\brel="nofollow")[^>]*?\bhref="(/[^"#]*)')


def main() -> None:
    from django.test import Client

    from learn.models import Upload

    client = Client(headers={"host": "localhost"})
    pictures = [upload.get_absolute_url() for upload in Upload.objects.all()]
    waiting, known = deque(["/", *pictures]), {"/", *pictures}
    while waiting:
        address = waiting.popleft()
        response = client.get(address)
        if response.status_code != 200:
            sys.exit(f"{address}: {response.status_code}")
        sys.stdout.write(f"{address}\n")
        if not response.streaming and response["Content-Type"].startswith("text/html"):
            for link in map(html.unescape, LINK.findall(response.content.decode())):
                if link not in known:
                    known.add(link)
                    waiting.append(link)


if __name__ == "__main__":
    django.setup()
    main()
