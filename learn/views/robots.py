"""What crawlers and other people's programs read first: robots.txt, llms.txt, security.txt."""

import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from learn.models import Subject
from learn.pages import keep, names
from learn.views.common import answer_not_found, answer_tagged, read_only

# Crawlers that collect texts to train models with.
TRAINING_CRAWLERS = (
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ClaudeBot",
    "Google-Extended",
    "GPTBot",
    "meta-externalagent",
)
# Crawlers that fetch pages to answer somebody's question with.
ANSWERING_CRAWLERS = (
    "ChatGPT-User",
    "Claude-SearchBot",
    "Claude-User",
    "DuckAssistBot",
    "MistralAI-User",
    "OAI-SearchBot",
    "Perplexity-User",
    "PerplexityBot",
)
REFUSED = {
    "allow": (),
    "no-training": TRAINING_CRAWLERS,
    "disallow": TRAINING_CRAWLERS + ANSWERING_CRAWLERS,
}
# The standard wants a date less than a year ahead.
SECURITY_VALID = datetime.timedelta(days=180)


@read_only
def robots_txt(request: HttpRequest) -> HttpResponse:
    """A named group replaces the one for all others: it does not add to it."""
    groups = [["User-agent: *", "Disallow: /admin/"]]
    if refused := REFUSED[settings.AI_CRAWLERS]:
        groups.append([*(f"User-agent: {name}" for name in refused), "Disallow: /"])
    groups.append([f"Sitemap: {settings.SITE_URL}{reverse('learn:sitemap_index')}"])
    text = "\n\n".join("\n".join(group) for group in groups)
    return keep(request, _plain(f"{text}\n"), [])


@read_only
def llms_txt(request: HttpRequest) -> HttpResponse:
    context = {"subjects": Subject.objects.listed(), "site_url": settings.SITE_URL}
    text = render_to_string("learn/llms.txt", context)
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    return keep(request, response, [names.SITE])


@read_only
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a security hole (RFC 9116), if the site says so."""
    if not settings.SECURITY_CONTACT:
        return answer_not_found(request)
    expires = timezone.now().astimezone(datetime.UTC).date() + SECURITY_VALID
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires.isoformat()}T00:00:00Z",
        f"Canonical: {settings.SITE_URL}{reverse('learn:security_txt')}",
        f"Preferred-Languages: {settings.LANGUAGE_CODE}",
    ]
    return answer_tagged(request, _plain("\n".join(lines) + "\n"))


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
