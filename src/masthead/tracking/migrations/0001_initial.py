"""How often links are followed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('delivery', '0011_shared_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='DaySalt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('salt', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(db_index=True)),
                ('mark', models.BinaryField(max_length=16, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='LinkCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('day', models.DateField()),
                ('people', models.PositiveIntegerField(default=0)),
                ('again', models.PositiveIntegerField(default=0)),
                ('machines', models.PositiveIntegerField(default=0)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='delivery.campaign')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'number', 'day'), name='link_count_once')],
            },
        ),
    ]
