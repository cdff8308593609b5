import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audience', '0012_search_index'),
        ('delivery', '0009_held_providers'),
    ]

    operations = [
        migrations.AddField(
            model_name='dryrun',
            name='mail_mode',
            field=models.CharField(blank=True, default='', max_length=10),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='DryRunSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('excluded', models.BooleanField(default=False)),
                ('name', models.CharField(max_length=100)),
                ('dry_run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='segments', to='delivery.dryrun')),
                ('segment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='audience.segment')),
            ],
            options={
                'ordering': ['excluded', 'name'],
                'constraints': [models.UniqueConstraint(fields=('dry_run', 'segment'), name='dry_run_segment_once')],
            },
        ),
    ]
