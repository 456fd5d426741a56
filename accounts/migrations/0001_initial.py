
import accounts.sealing
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.core.management import call_command
from django.db import migrations, models


def make_cache_table(apps, schema_editor):
    """The table of the cache, in which the limits on sign-in are counted across processes."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('phone', accounts.sealing.SealedField(blank=True, verbose_name='mobile')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'verbose_name': 'person',
            },
        ),
        migrations.CreateModel(
            name='SignInFailures',
            fields=[
                ('address_index', models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                ('failures', models.PositiveSmallIntegerField()),
                ('failed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('employer', 'Employer'), ('association', 'Service organisation'), ('authority', 'Competent authority')], max_length=12, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('credit_code', models.CharField(blank=True, max_length=18, null=True, unique=True, verbose_name='unified social credit code')),
                ('legal_representative', models.CharField(blank=True, max_length=80, verbose_name='legal representative')),
                ('industry', models.CharField(blank=True, choices=[('software', 'Software and information services'), ('electronics', 'Electronic information'), ('biomedicine', 'Biomedicine'), ('new_materials', 'New materials'), ('culture_tourism', 'Culture and tourism'), ('finance', 'Finance'), ('logistics', 'Logistics'), ('trade', 'Trade'), ('other', 'Other industry')], max_length=40, verbose_name='industry')),
                ('district', models.CharField(blank=True, choices=[('siming', 'Siming'), ('huli', 'Huli'), ('jimei', 'Jimei'), ('haicang', 'Haicang'), ('tongan', "Tong'an"), ('xiangan', "Xiang'an")], max_length=40, verbose_name='district')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'verbose_name': 'organisation',
                'indexes': [models.Index(fields=['name'], name='organisation_name')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('agent', 'Agent'), ('clerk', 'Clerk'), ('official', 'Official'), ('cashier', 'Cashier'), ('auditor', 'Auditor'), ('administrator', 'Administrator'), ('system', 'System')], max_length=16, verbose_name='role')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'organisation', 'role'), name='membership_once_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('agent', 'Agent'), ('clerk', 'Clerk'), ('official', 'Official'), ('cashier', 'Cashier'), ('auditor', 'Auditor'), ('administrator', 'Administrator'), ('system', 'System')], max_length=16, verbose_name='role')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='accounts.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'created_at'], name='invitation_of_organisation')],
            },
        ),
        migrations.RunPython(make_cache_table, migrations.RunPython.noop, elidable=False),
    ]
