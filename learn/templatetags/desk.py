"""What the desk's own templates show on every page."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import template

from learn.desk.cards import CountedCard, count_cards
from learn.desk.charts import Bar, charts
from learn.workflow import reviews
from learn.workflow.transitions import Action, may_take

register = template.Library()

# Of the chart by subject; all of them are in its CSV file.
SUBJECTS_SHOWN = 15
# Of the chart by week, in its own units.
BAR_STEP = 20
BARS_HEIGHT = 109


@dataclass(frozen=True, slots=True)
class ShownCharts:
    """The charts as the template draws them."""

    bars: list[tuple[Bar, int, str, str]]
    subjects: list[Bar]
    more_subjects: int
    counted_at: datetime.datetime | None

    @property
    def any_in_weeks(self) -> bool:
        return any(bar.number for bar, *_place in self.bars)

    @property
    def width(self) -> int:
        return len(self.bars) * BAR_STEP

    @property
    def first_week(self) -> str:
        return self.bars[0][0].label if self.bars else ""

    @property
    def last_week(self) -> str:
        return self.bars[-1][0].label if self.bars else ""


@register.inclusion_tag("admin/_desk_links.html", takes_context=True)
def desk_links(context: dict[str, Any]) -> dict[str, Any]:
    """The links to the queues in the header, with how much waits."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not context.get("has_permission"):
        return {}
    reviews_for = user.has_perm("learn.review_question") and user.has_perm("learn.view_question")
    return {
        "shows_review": reviews_for,
        "in_review": reviews.count_in_review(user) if reviews_for else 0,
        "shows_schedule": may_take(user, Action.SCHEDULE),
    }


@register.simple_tag(takes_context=True)
def desk_cards(context: dict[str, Any]) -> list[CountedCard]:
    user = context["request"].user
    return count_cards(user) if user.is_staff and user.is_active else []


@register.simple_tag(takes_context=True)
def desk_charts(context: dict[str, Any]) -> ShownCharts | None:
    user = context["request"].user
    if not user.is_staff or not user.has_perm("learn.view_question"):
        return None
    found = charts()
    return ShownCharts(
        bars=[_place(number, bar) for number, bar in enumerate(found.weeks)],
        subjects=found.subjects[:SUBJECTS_SHOWN],
        more_subjects=max(0, len(found.subjects) - SUBJECTS_SHOWN),
        counted_at=found.counted_at,
    )


def _place(number: int, bar: Bar) -> tuple[Bar, int, str, str]:
    """The bar with its left and upper edge and its height; as text, which no locale changes."""
    height = bar.percent * (BARS_HEIGHT - 4) / 100
    return bar, number * BAR_STEP + 2, f"{BARS_HEIGHT - height:.1f}", f"{height:.1f}"
