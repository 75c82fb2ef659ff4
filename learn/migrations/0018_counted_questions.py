from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    """What the numbers of subjects and topics count; filled after the migrations (learn.apps)."""

    dependencies = [
        ('learn', '0017_subject_list_from_its_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='CountedQuestion',
            fields=[
                ('question', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='counted', serialize=False, to='learn.question', verbose_name='question')),
                ('in_topics', models.BooleanField(default=False, verbose_name='in topics')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learn.subject', verbose_name='subject')),
            ],
            options={
                'verbose_name': 'counted question',
                'verbose_name_plural': 'counted questions',
            },
        ),
    ]
