"""May a stored question be published? One answer for every way to do it to many at once."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from learn.faults import blocking, findings_of
from learn.lookalikes import asks_for_answer, duplicates_to_answer
from learn.models import Question


def obstacle(question: Question, *, among: QuerySet[Question] | None = None) -> str:
    """Why the question cannot be published as it is stored; "" where nothing stands in the way.

    An error of the checklist, or, the first time, another question that asks nearly the same and
    of which nobody has said how this one differs; only those `among` these are named and count.
    """
    if errors := blocking(findings_of(question), question):
        return str(errors[0].rule.name)
    if asks_for_answer(question) and (same := duplicates_to_answer(question, among=among)):
        return _("asks nearly the same as “%s”") % same[0].title
    return ""
