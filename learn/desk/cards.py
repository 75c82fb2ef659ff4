"""The cards of the desk: each a number, and the list of exactly the things that it counts."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from learn.checklist import RULES
from learn.models import (
    Draft,
    EmptySearch,
    Fault,
    MissingPage,
    Proposal,
    Question,
    Report,
    Review,
    Revision,
    ScheduledUpdate,
)
from learn.workflow import reviews
from learn.workflow.rights import limit

# Beyond this a card says “1,000+”: counting on would read whole tables.
COUNTED = 1_000
AGING = datetime.timedelta(days=365)

Status = Question.Status
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    key: str
    title: Text
    meaning: Text
    # Without this permission there is no such card.
    permission: str
    columns: tuple[Text, ...]
    # What the user is shown, in its order.
    rows: Callable[[User], QuerySet[Any]]
    cells: Callable[[Any], Iterable[Cell]]
    # With this permission a row can be struck off the list.
    done_permission: str = ""
    # Something is wrong where the number is not 0.
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class CountedCard:
    card: Card
    number: int

    @property
    def is_more(self) -> bool:
        return self.number > COUNTED

    @property
    def shown(self) -> int:
        return min(self.number, COUNTED)


def cards_of(user: User) -> list[Card]:
    return [card for card in CARDS if user.has_perm(card.permission)]


def card_of(user: User, key: str) -> Card | None:
    return next((card for card in cards_of(user) if card.key == key), None)


def count_cards(user: User) -> list[CountedCard]:
    """The user's cards with their numbers; one query, none of whose parts counts to the end."""
    cards = cards_of(user)
    numbers = dict.fromkeys(range(len(cards)), 0)
    parts: list[str] = []
    params: list[Any] = []
    for index, card in enumerate(cards):
        rows = card.rows(user).order_by().values("pk")[: COUNTED + 1]
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT {index}, COUNT(*) FROM ({sql}) AS counted_{index}")
        params += values
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            numbers |= dict(cursor.fetchall())
    return [CountedCard(card, numbers[index]) for index, card in enumerate(cards)]


# --- questions


def _question_rows(questions: QuerySet[Question]) -> QuerySet[Question]:
    return questions.select_related("subject").only(
        "title", "slug", "status", "updated_at", "subject__title", "subject__slug"
    )


def _question_cells(question: Question) -> Iterable[Cell]:
    yield Cell(question.title, reverse("admin:learn_question_change", args=[question.pk]))
    yield Cell(question.subject.title)
    yield Cell(_moment(question.updated_at))


def _waiting_cells(question: Question) -> Iterable[Cell]:
    yield Cell(question.title, reverse("admin:learn_question_review_item", args=[question.pk]))
    yield Cell(question.subject.title)
    yield Cell(_moment(question.updated_at))


def _returned_cells(question: Question) -> Iterable[Cell]:
    is_live = question.status in Question.PUBLIC_STATUSES
    form = "admin:learn_question_propose" if is_live else "admin:learn_question_change"
    yield Cell(question.title, reverse(form, args=[question.pk]))
    yield Cell(question.subject.title)
    yield Cell(_moment(question.updated_at))


def _returned_drafts(user: User) -> QuerySet[Question]:
    """Drafts whose last round of review ended with a note to the user."""
    last = Review.objects.filter(question=OuterRef("pk")).order_by("-pk")
    mine = Question.objects.filter(
        reviews__submitted_by=user, reviews__decision=Review.Decision.RETURNED
    )
    return (
        Question.objects.filter(pk__in=mine.values("pk"), status=Status.DRAFT)
        .annotate(last_decision=last.values("decision")[:1])
        .filter(last_decision=Review.Decision.RETURNED)
    )


def _returned(user: User) -> QuerySet[Question]:
    """These drafts, and live questions with a change of the user's that came back."""
    proposals = Proposal.objects.filter(
        created_by=user,
        state=Proposal.State.RETURNED,
        question__status__in=Question.PUBLIC_STATUSES,
    )
    # As one set of ids: with “or” between two, PostgreSQL would read the whole table.
    ids = _returned_drafts(user).order_by().values("pk").union(proposals.values("question"))
    return _question_rows(limit(Question.objects.filter(pk__in=ids), user)).order_by("-updated_at")


def _drafts(user: User) -> QuerySet[Question]:
    """Drafts that the user has saved, but for those that came back."""
    saved = Revision.objects.filter(question=OuterRef("pk"), created_by=user)
    drafts = Question.objects.filter(Exists(saved), status=Status.DRAFT)
    returned = _returned_drafts(user).order_by().values("pk")
    return _question_rows(limit(drafts, user).exclude(pk__in=returned)).order_by("-updated_at")


def _aging(user: User) -> QuerySet[Question]:
    old = Question.objects.filter(updated_at__lt=timezone.now() - AGING, status=Status.PUBLISHED)
    return _question_rows(limit(old, user)).order_by("updated_at", "pk")


def _waiting(user: User) -> QuerySet[Question]:
    return _question_rows(reviews.waiting(user)).order_by("updated_at", "pk")


# --- other things


def _unsaved(user: User) -> QuerySet[Draft]:
    """What the user has typed and not saved, of new answers too."""
    drafts = Draft.objects.filter(person=user)
    own = limit(drafts, user, "question__subject").values("pk")
    found = drafts.filter(Q(question=None) | Q(pk__in=own)).select_related("question__subject")
    shown = ("values", "saved_at", "question__title", "question__subject__title")
    return found.only(*shown).order_by("-saved_at", "-pk")


def _unsaved_cells(draft: Draft) -> Iterable[Cell]:
    question = draft.question
    if question is None:
        yield Cell(str(draft), reverse("admin:learn_question_add"))
        yield Cell(gettext("new answer"))
    else:
        title = draft.values.get("title") or question.title
        yield Cell(title, reverse("admin:learn_question_change", args=[question.pk]))
        yield Cell(question.subject.title)
    yield Cell(_moment(draft.saved_at))


def _faults(user: User) -> QuerySet[Fault]:
    found = limit(Fault.objects.filter(is_error=True), user, "question__subject")
    shown = ("code", "line", "detail", "question__title", "question__subject__title")
    return (
        found.exclude(question__status=Status.TRASHED)
        .select_related("question__subject")
        .only(*shown)
        # As the index has them.
        .order_by("-is_error", "code", "question", "pk")
    )


def _fault_cells(fault: Fault) -> Iterable[Cell]:
    rule = RULES.get(fault.code)
    question = fault.question
    yield Cell(question.title, reverse("admin:learn_question_change", args=[question.pk]))
    yield Cell(question.subject.title)
    yield Cell(str(rule.name) if rule else fault.code)
    yield Cell("" if fault.line is None else str(fault.line))
    yield Cell(fault.detail)


def _late(user: User) -> QuerySet[ScheduledUpdate]:
    updates = limit(ScheduledUpdate.objects.due(), user, "question__subject")
    return updates.select_related("question__subject").order_by("apply_at")


def _update_cells(update: ScheduledUpdate) -> Iterable[Cell]:
    address = reverse("admin:learn_question_update", args=[update.pk])
    yield Cell(update.question.title, address)
    yield Cell(_moment(update.apply_at))
    yield Cell(update.error)


def _reports(user: User) -> QuerySet[Report]:
    found = limit(Report.objects.filter(state=Report.State.OPEN), user, "question__subject")
    return found.select_related("question__subject").order_by("-created_at")


def _report_cells(report: Report) -> Iterable[Cell]:
    yield Cell(report.text, reverse("admin:learn_report_change", args=[report.pk]))
    yield Cell(report.get_kind_display())
    yield Cell(report.question.title)
    yield Cell(_moment(report.created_at))


def _missing_cells(page: MissingPage) -> Iterable[Cell]:
    yield Cell(page.path, page.path)
    yield Cell(str(page.hits))
    yield Cell(_moment(page.last_at))


def _search_cells(search: EmptySearch) -> Iterable[Cell]:
    yield Cell(
        search.words, f"{reverse('learn:search_results')}?q={search.words.replace(' ', '+')}"
    )
    yield Cell(str(search.hits))
    yield Cell(_moment(search.last_at))


def _moment(moment: datetime.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}"


QUESTION_COLUMNS = (_("Question"), _("Subject"), _("Last touched"))

CARDS = (
    Card(
        key="drafts",
        title=_("My drafts"),
        meaning=_("Drafts that you have saved."),
        permission="learn.change_question",
        columns=QUESTION_COLUMNS,
        rows=_drafts,
        cells=_question_cells,
    ),
    Card(
        key="unsaved",
        title=_("My unsaved texts"),
        meaning=_("What you have typed into a form and not saved; the form offers it."),
        permission="learn.change_question",
        columns=(_("Title"), _("Subject"), _("Typed")),
        rows=_unsaved,
        cells=_unsaved_cells,
    ),
    Card(
        key="returned",
        title=_("Returned to me"),
        meaning=_("Texts of yours that a reviewer wants changed."),
        permission="learn.submit_question",
        columns=QUESTION_COLUMNS,
        rows=_returned,
        cells=_returned_cells,
    ),
    Card(
        key="waiting",
        title=_("Waiting for me"),
        meaning=_("Texts in review that nobody else has claimed."),
        permission="learn.review_question",
        columns=QUESTION_COLUMNS,
        rows=_waiting,
        cells=_waiting_cells,
    ),
    Card(
        key="late",
        title=_("Late updates"),
        meaning=_("Scheduled updates that should have been applied by now."),
        permission="learn.view_question",
        columns=(_("Question"), _("Due"), _("Why")),
        rows=_late,
        cells=_update_cells,
        is_alarm=True,
    ),
    Card(
        key="reports",
        title=_("Readers' reports"),
        meaning=_("Open reports of what readers found wrong."),
        permission="learn.view_report",
        columns=(_("Report"), _("Kind"), _("Question"), _("Sent")),
        rows=_reports,
        cells=_report_cells,
    ),
    Card(
        key="missing",
        title=_("Missing pages"),
        meaning=_("Addresses that readers asked for and that nothing answers."),
        permission="learn.view_missingpage",
        columns=(_("Address"), _("Times"), _("Last")),
        rows=lambda user: MissingPage.objects.order_by("-hits", "-last_at"),
        cells=_missing_cells,
        done_permission="learn.delete_missingpage",
    ),
    Card(
        key="searches",
        title=_("Searches without result"),
        meaning=_("What readers looked for and did not find."),
        permission="learn.view_emptysearch",
        columns=(_("Words"), _("Times"), _("Last")),
        rows=lambda user: EmptySearch.objects.order_by("-hits", "-last_at"),
        cells=_search_cells,
        done_permission="learn.delete_emptysearch",
    ),
    Card(
        key="faults",
        title=_("Faults"),
        meaning=_("What the checklist found last and would stop publishing."),
        permission="learn.view_fault",
        columns=(_("Question"), _("Subject"), _("Fault"), _("Line"), _("Detail")),
        rows=_faults,
        cells=_fault_cells,
    ),
    Card(
        key="aging",
        title=_("Aging pages"),
        meaning=_("Published, and not touched for twelve months."),
        permission="learn.view_question",
        columns=QUESTION_COLUMNS,
        rows=_aging,
        cells=_question_cells,
    ),
)
