from django.db import migrations
from django.db.models import Count, F, Max, Q
from django.utils import timezone

# As learn.models.sitemap_part had it.
SPAN = 10_000


def fill(apps, schema_editor):
    """From one look at the questions; when topics changed stays unknown until `counttopics`."""
    subject, question, part = (
        apps.get_model("learn", name) for name in ("Subject", "Question", "SitemapPart")
    )
    now = timezone.now()
    shown = question.objects.filter(
        Q(unpublish_at=None) | Q(unpublish_at__gt=now),
        status__in=["published", "scheduled"],
        publish_at__lte=now,
        no_index=False,
    )
    rows = shown.order_by().annotate(part=(F("pk") - 1) / SPAN + 1)
    rows = rows.values_list("subject", "subject__is_listed", "part").annotate(
        count=Count("*"),
        published=Max("publish_at"),
        modified=Max("modified_at", filter=Q(modified_at__lte=now)),
    )
    counts, subjects, parts = {}, {}, {}
    for pk, is_listed, number, count, *moments in rows:
        last = max(moment for moment in moments if moment)
        counts[pk] = counts.get(pk, 0) + count
        subjects[pk] = max(last, subjects.get(pk, last))
        if is_listed:
            parts[number] = max(last, parts.get(number, last))
    for pk, count in counts.items():
        subject.objects.filter(pk=pk).update(question_count=count, changed_at=subjects[pk])
    part.objects.bulk_create(
        [part(number=number, changed_at=moment) for number, moment in parts.items()],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('learn', '0014_stored_totals'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
