from django.db import migrations, models

from learn.concurrently import AddIndexWithoutLock, RemoveIndexWithoutLock


class Migration(migrations.Migration):
    """What a subject lists is read from an index alone."""

    atomic = False

    dependencies = [
        ('learn', '0016_compress_with_lz4'),
    ]

    operations = [
        AddIndexWithoutLock(
            model_name='question',
            index=models.Index(fields=['subject', 'slug', 'status', 'no_index', 'publish_at', 'unpublish_at', 'canonical'], name='question_subject_list'),
        ),
        RemoveIndexWithoutLock(
            model_name='question',
            name='question_subject_slug',
        ),
    ]
