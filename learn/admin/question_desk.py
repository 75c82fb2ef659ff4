"""The lists behind the cards of the desk's first page, each also as CSV."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learn.desk.cards import CARDS, Card, card_of
from learn.desk.charts import Bar, charts

PAGE_SIZE = 50
# The last page that is offered: to skip more rows costs as much as to read them.
PAGES = 200
# Of a CSV file: as many as the pages show.
ROWS = PAGE_SIZE * PAGES
# What a spreadsheet takes for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file that hands back what is written to it, for csv.writer."""

    def write(self, text: str) -> str:
        return text


class QuestionDesk(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("desk/<slug:key>/", view(require_safe(self.desk_list)), name="learn_desk_list"),
            path("desk/<slug:key>.csv", view(require_safe(self.desk_csv)), name="learn_desk_csv"),
            path(
                "desk/<slug:key>/<int:pk>/done/",
                view(require_POST(self.desk_done)),
                name="learn_desk_done",
            ),
            *super().get_urls(),
        ]

    def desk_list(self, request: HttpRequest, key: str) -> HttpResponse:
        card, user = self._card(request, key)
        number = request.GET.get("page", "1")
        page = int(number) if number.isdecimal() and len(number) < 6 else 0
        if not 1 <= page <= PAGES:
            raise Http404
        start = (page - 1) * PAGE_SIZE
        rows = list(card.rows(user)[start : start + PAGE_SIZE + 1])
        if not rows and page > 1:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": card.title,
            "opts": self.opts,
            "card": card,
            "rows": [(row, list(card.cells(row))) for row in rows[:PAGE_SIZE]],
            "previous": page - 1,
            "next": page + 1 if len(rows) > PAGE_SIZE and page < PAGES else 0,
            "may_strike_off": bool(card.done_permission) and user.has_perm(card.done_permission),
        }
        return TemplateResponse(request, "admin/learn/question/desk_list.html", context)

    def desk_csv(self, request: HttpRequest, key: str) -> StreamingHttpResponse:
        """The card's list, or all of a chart's numbers."""
        if key in ("weeks", "subjects") and self.has_view_permission(request):
            bars: list[Bar] = getattr(charts(), key)
            lines = [[_("Week") if key == "weeks" else _("Subject"), _("Published answers")]]
            lines += [[bar.label, str(bar.number)] for bar in bars]
            return _answer_csv(key, iter(lines))
        card, user = self._card(request, key)
        return _answer_csv(key, _card_lines(card, user))

    def desk_done(self, request: HttpRequest, key: str, pk: int) -> HttpResponse:
        """Strike a row off a list of what readers missed; it comes back if it is missed again."""
        card, user = self._card(request, key)
        if not card.done_permission or not user.has_perm(card.done_permission):
            raise PermissionDenied
        row = card.rows(user).filter(pk=pk).first()
        if row is not None:
            LogEntry.objects.log_actions(user.pk, [row], DELETION)
            row.delete()
            messages.success(request, _("“%s” was struck off.") % row)
        return redirect("admin:learn_desk_list", key)

    def _card(self, request: HttpRequest, key: str) -> tuple[Card, User]:
        if all(card.key != key for card in CARDS):
            raise Http404
        user = request.user
        card = card_of(user, key) if isinstance(user, User) else None
        if card is None or not isinstance(user, User):
            raise PermissionDenied
        return card, user


def _card_lines(card: Card, user: User) -> Iterator[list[str]]:
    yield [str(column) for column in card.columns]
    for row in card.rows(user)[:ROWS].iterator(chunk_size=1_000):
        yield [cell.text for cell in card.cells(row)]


def _answer_csv(name: str, lines: Iterator[list[str]]) -> StreamingHttpResponse:
    writer = csv.writer(Echo())

    def parts() -> Iterator[Any]:
        # Without this mark spreadsheets take the text for another encoding.
        yield "\ufeff"
        for line in lines:
            yield writer.writerow([_harmless(text) for text in line])

    return StreamingHttpResponse(
        parts(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
