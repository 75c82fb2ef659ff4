"""How search engines and other sites will show a question's page, from what its form holds."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from learn.admin.guarded import GuardedViews
from learn.models import Question
from learn.models.question import TITLE_MAX_LENGTH
from learn.previews import Typed
from learn.readerpages import Head, has_own_description, has_own_title, question_head
from learn.rendering.visible import visible_text
from learn.share_images import SITE, ShareImage
from learn.snippet import (
    DESCRIPTION_ON_DESKTOP,
    DESCRIPTION_ON_PHONE,
    TITLE_ON_DESKTOP,
    TITLE_ON_PHONE,
    fit,
)
from learn.structured_data import flaws

SCREENS = (
    ("desktop", TITLE_ON_DESKTOP, DESCRIPTION_ON_DESKTOP),
    ("phone", TITLE_ON_PHONE, DESCRIPTION_ON_PHONE),
)


class QuestionSearchPreview(GuardedViews):
    """Mixin of the questions' admin, before the live preview."""

    def live_panels(self) -> dict[str, Any]:
        return super().live_panels() | {"search": self.search_part}  # type: ignore[misc]

    def get_urls(self) -> list[URLPattern]:
        card = path("card.png", self.guarded(self.card_view), name="learn_question_card")
        return [card, *super().get_urls()]  # type: ignore[misc]

    def search_part(
        self, request: HttpRequest, shown: Question, stored: Question | None, typed: Typed
    ) -> str:
        head = question_head(shown)
        card = urlencode({"text": head.image.text, "line": head.image.line})
        context = {
            "head": head,
            "results": _results(head),
            "has_own_title": has_own_title(shown),
            "has_own_description": has_own_description(shown),
            "is_listed": shown.subject.is_listed,
            "card": f"{reverse('admin:learn_question_card')}?{card}",
            "json": json.dumps(json.loads(head.structured_data), indent=2, ensure_ascii=False),
            "types": [_type_of(node) for node in head.nodes],
            "flaws": flaws(head.nodes, visible_text(shown.answer_html)),
        }
        return render_to_string("admin/learn/question/_search_results.html", context)

    @method_decorator(require_GET)
    def card_view(self, request: HttpRequest, question: None) -> HttpResponse:
        """The picture that other sites would show for this text."""
        text = request.GET.get("text", "")[:TITLE_MAX_LENGTH]
        image = ShareImage(SITE, text, request.GET.get("line", "")[:TITLE_MAX_LENGTH])
        return HttpResponse(image.png(), content_type="image/png")


def _results(head: Head) -> list[dict[str, Any]]:
    names = {"desktop": _("On a desktop"), "phone": _("On a phone")}
    return [
        {
            "screen": screen,
            "name": names[screen],
            "title": fit(head.title, title),
            "description": fit(head.description, description),
        }
        for screen, title, description in SCREENS
    ]


def _type_of(node: dict[str, Any]) -> str:
    kinds = node["@type"]
    return kinds if isinstance(kinds, str) else ", ".join(kinds)
