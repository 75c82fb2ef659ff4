"""What readers can see of the questions, and when."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")
    UNPUBLISHED = "unpublished", _("unpublished")
    TRASHED = "trashed", _("in the trash")


# What is scheduled needs nobody when its moment comes.
PUBLIC_STATUSES = (Status.PUBLISHED, Status.SCHEDULED)


def is_public(moment: datetime.datetime, prefix: str = "") -> Q:
    """What readers can see at the moment; `prefix` leads to the question from another model."""
    return Q(
        Q(**{f"{prefix}unpublish_at": None}) | Q(**{f"{prefix}unpublish_at__gt": moment}),
        **{
            f"{prefix}status__in": PUBLIC_STATUSES,
            f"{prefix}publish_at__lte": moment,
        },
    )


def stands_for_itself(moment: datetime.datetime) -> Q:
    """Not a copy whose canonical page readers can see at the moment."""
    return (
        Q(canonical=None)
        | ~Q(canonical__status__in=PUBLIC_STATUSES)
        | Q(canonical__publish_at__gt=moment)
        | Q(canonical__unpublish_at__lte=moment)
    )


def latest_past(published: datetime.datetime, modified: datetime.datetime) -> datetime.datetime:
    """The later of the two moments that is not to come; `published` is past."""
    return modified if published < modified <= timezone.now() else published
