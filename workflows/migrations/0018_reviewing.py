"""The review room: experts, conflicts, sessions, assignments, reviews, conclusions."""

import accounts.sealing
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_experts'),
        ('storage', '0001_initial'),
        ('viewflow', '0015_task_scheduled'),
        ('workflows', '0017_calendar_links'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='review_outcome',
            field=models.CharField(blank=True, db_default='', default='', max_length=6),
        ),
        migrations.AddField(
            model_name='application',
            name='review_score',
            field=models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name='score'),
        ),
        migrations.AddField(
            model_name='application',
            name='reviews_in',
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='application',
            name='reviews_wanted',
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AlterField(
            model_name='absence',
            name='role',
            field=models.CharField(choices=[('owner', 'Owner'), ('agent', 'Agent'), ('clerk', 'Clerk'), ('official', 'Official'), ('cashier', 'Cashier'), ('auditor', 'Auditor'), ('administrator', 'Administrator'), ('expert', 'Expert'), ('system', 'System')], max_length=16, verbose_name='role'),
        ),
        migrations.CreateModel(
            name='ExcludedExpert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('organisation', models.CharField(blank=True, default='', max_length=120, verbose_name='organisation')),
                ('credit_code', models.CharField(blank=True, default='', max_length=18, verbose_name='unified social credit code')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='excluded_experts', to='workflows.application')),
            ],
        ),
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('phone', accounts.sealing.SealedField(blank=True, verbose_name='mobile')),
                ('id_number', accounts.sealing.SealedField(blank=True, verbose_name='ID number')),
                ('id_index', models.BinaryField(default=b'')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=list, size=None)),
                ('in_field_since', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='in the field since')),
                ('load_limit', models.PositiveSmallIntegerField(default=20, verbose_name='cases at most')),
                ('status', models.CharField(choices=[('applied', 'Waiting for approval'), ('enrolled', 'Enrolled'), ('refused', 'Not enrolled'), ('suspended', 'Suspended'), ('removed', 'Removed')], default='applied', max_length=9, verbose_name='status')),
                ('grade', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='grade')),
                ('applied_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expert', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'expert',
            },
        ),
        migrations.CreateModel(
            name='Conflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24)),
                ('evidence', models.JSONField(default=dict)),
                ('source', models.CharField(choices=[('found', 'Found'), ('declared', 'Declared')], max_length=8)),
                ('found_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('settled_as', models.CharField(blank=True, choices=[('', 'Stands'), ('dismissed', 'Dismissed: it is not so'), ('waived', 'Waived: it does not matter here')], default='', max_length=9)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_reason', models.CharField(blank=True, default='', max_length=500)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to='workflows.application')),
                ('declared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('expert', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to='workflows.expert')),
            ],
        ),
        migrations.CreateModel(
            name='Bid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.SmallIntegerField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workflows.application')),
                ('expert', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workflows.expert')),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('standing', 'Assigned'), ('ended', 'Ended')], default='standing', max_length=8)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField(null=True)),
                ('undertaking_at', models.DateTimeField(null=True)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('abstained_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_reason', models.CharField(blank=True, default='', max_length=500)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='workflows.application')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('expert', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='workflows.expert')),
            ],
        ),
        migrations.CreateModel(
            name='ExpertChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=24)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('data', models.JSONField(default=dict)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='workflows.expert')),
            ],
        ),
        migrations.CreateModel(
            name='ExpertField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('title_zh', models.CharField(max_length=80, verbose_name='name in Chinese')),
                ('title_en', models.CharField(max_length=80, verbose_name='name in English')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('retired_at', models.DateTimeField(null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='workflows.expertfield')),
            ],
        ),
        migrations.CreateModel(
            name='Competence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('strength', models.PositiveSmallIntegerField(default=2, verbose_name='strength')),
                ('expert', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='competences', to='workflows.expert')),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.expertfield')),
            ],
        ),
        migrations.CreateModel(
            name='ExpertPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('employed', 'Employed'), ('director', 'Director'), ('supervisor', 'Supervisor'), ('controller', 'Controller'), ('shareholder', 'Shareholder'), ('adviser', 'Adviser')], default='employed', max_length=11, verbose_name='kind')),
                ('organisation', models.CharField(max_length=120, verbose_name='organisation')),
                ('credit_code', models.CharField(blank=True, default='', max_length=18, verbose_name='unified social credit code')),
                ('group_code', models.CharField(blank=True, default='', max_length=18, verbose_name='credit code of the group')),
                ('from_on', models.DateField(blank=True, null=True, verbose_name='from')),
                ('until_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('expert', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='workflows.expert')),
            ],
        ),
        migrations.CreateModel(
            name='ExpertRelation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kin', models.CharField(choices=[('spouse', 'Spouse'), ('lineal', 'Lineal kin'), ('collateral', 'Collateral kin to the third degree'), ('in_law', 'Near in-law'), ('other', 'Another tie')], max_length=10, verbose_name='relation')),
                ('relative', accounts.sealing.SealedField(blank=True, verbose_name='name')),
                ('relative_index', models.BinaryField(default=b'')),
                ('organisation', models.CharField(blank=True, default='', max_length=120, verbose_name='organisation')),
                ('credit_code', models.CharField(blank=True, default='', max_length=18, verbose_name='unified social credit code')),
                ('position', models.CharField(blank=True, default='', max_length=80, verbose_name='position')),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations', to='workflows.expert')),
            ],
        ),
        migrations.CreateModel(
            name='ExpertTitle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='title')),
                ('level', models.CharField(choices=[('junior', 'Junior'), ('middle', 'Intermediate'), ('senior', 'Senior')], max_length=6, verbose_name='level')),
                ('awarded_on', models.DateField(blank=True, null=True, verbose_name='awarded on')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('verified_at', models.DateTimeField(null=True)),
                ('evidence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='storage.document')),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='titles', to='workflows.expert')),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Ranking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('frozen_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('frozen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rankings', to='workflows.round')),
            ],
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.application')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remarks', to='workflows.assignment')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('scores', models.JSONField(default=dict)),
                ('comments', models.JSONField(default=dict)),
                ('vetoes', models.JSONField(default=list)),
                ('opinion', models.TextField(blank=True, default='', verbose_name='opinion')),
                ('reason', models.CharField(blank=True, default='', max_length=500, verbose_name='reason of the revision')),
                ('submitted_at', models.DateTimeField()),
                ('assignment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='workflows.assignment')),
            ],
        ),
        migrations.CreateModel(
            name='ReviewDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('assignment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='workflows.assignment')),
            ],
        ),
        migrations.CreateModel(
            name='ReviewSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('stage', models.CharField(choices=[('planned', 'Being planned'), ('drawing', 'Panel announced, draw to come'), ('inviting', 'Experts invited'), ('confirmed', 'Confirmed'), ('held', 'Being held'), ('concluded', 'Concluded, to be signed'), ('signed', 'Signed'), ('cancelled', 'Cancelled')], default='planned', max_length=9, verbose_name='stage')),
                ('held_on', models.DateField(null=True, verbose_name='day')),
                ('half', models.CharField(blank=True, choices=[('am', 'Morning'), ('pm', 'Afternoon')], default='', max_length=2, verbose_name='half of the day')),
                ('starts_at', models.DateTimeField(null=True, verbose_name='begins')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='ends')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seats_wanted', models.PositiveSmallIntegerField(default=5)),
                ('announcement', models.JSONField(null=True)),
                ('announced_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('announced_at', models.DateTimeField(null=True)),
                ('certificate', models.JSONField(null=True)),
                ('version', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField(null=True)),
                ('concluded_at', models.DateTimeField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('cancelled_reason', models.CharField(blank=True, default='', max_length=500)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='workflows.round')),
                ('secretary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Conclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('pass', 'Pass'), ('revise', 'Pass after revision'), ('fail', 'Fail')], max_length=6, verbose_name='conclusion')),
                ('score', models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name='score')),
                ('cut_fen', models.BigIntegerField(default=0, verbose_name='cut of the budget')),
                ('opinion', models.TextField(blank=True, default='', verbose_name='opinion')),
                ('revise_by', models.DateField(null=True, verbose_name='revise by')),
                ('concluded_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('replaced_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conclusions', to='workflows.application')),
                ('concluded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conclusions', to='workflows.reviewsession')),
            ],
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='room')),
                ('place', models.CharField(blank=True, default='', max_length=200, verbose_name='address')),
                ('seats', models.PositiveSmallIntegerField(default=20, verbose_name='seats')),
                ('closed_at', models.DateTimeField(null=True)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
        ),
        migrations.AddField(
            model_name='reviewsession',
            name='room',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.room'),
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_chair', models.BooleanField(default=False)),
                ('in_field', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('planned', 'Not invited yet'), ('invited', 'Invited'), ('confirmed', 'Confirmed'), ('declined', 'Declined'), ('silent', 'No answer in time'), ('recused', 'Recused'), ('prevented', 'Prevented'), ('stood_down', 'Not needed any more')], default='planned', max_length=10)),
                ('held_on', models.DateField(null=True)),
                ('half', models.CharField(blank=True, default='', max_length=2)),
                ('invited_at', models.DateTimeField(null=True)),
                ('answer_by', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('signed_in_at', models.DateTimeField(null=True)),
                ('signed_at', models.DateTimeField(null=True)),
                ('signed_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='workflows.expert')),
                ('follows', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='workflows.seat')),
                ('session', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='workflows.reviewsession')),
            ],
        ),
        migrations.AddField(
            model_name='assignment',
            name='seat',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='workflows.seat'),
        ),
        migrations.CreateModel(
            name='SessionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('minutes', models.PositiveSmallIntegerField(default=20, verbose_name='minutes for the defence')),
                ('question_minutes', models.PositiveSmallIntegerField(default=10, verbose_name='minutes for questions')),
                ('presenter', models.CharField(blank=True, default='', max_length=80, verbose_name='presenter')),
                ('presenter_email', models.EmailField(blank=True, default='', max_length=254, verbose_name="presenter's e-mail")),
                ('called_at', models.DateTimeField(null=True)),
                ('questions_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='session_items', to='workflows.application')),
                ('session', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='workflows.reviewsession')),
            ],
        ),
        migrations.CreateModel(
            name='SessionNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=24)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('data', models.JSONField(default=dict)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='workflows.reviewsession')),
            ],
        ),
        migrations.CreateModel(
            name='SessionProcess',
            fields=[
                ('process_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='viewflow.process')),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='process', to='workflows.reviewsession')),
            ],
            options={
                'abstract': False,
            },
            bases=('viewflow.process',),
        ),
        migrations.CreateModel(
            name='Unavailability',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(verbose_name='from')),
                ('until_on', models.DateField(verbose_name='until')),
                ('half', models.CharField(blank=True, choices=[('', 'Whole day'), ('am', 'Morning'), ('pm', 'Afternoon')], default='', max_length=2, verbose_name='half of the day')),
                ('expert', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='unavailable', to='workflows.expert')),
            ],
        ),
        migrations.AddIndex(
            model_name='expert',
            index=models.Index(fields=['office', 'status', 'code'], name='expert_of_office'),
        ),
        migrations.AddIndex(
            model_name='expert',
            index=models.Index(condition=models.Q(('id_index', b''), _negated=True), fields=['id_index'], name='expert_id'),
        ),
        migrations.AddConstraint(
            model_name='conflict',
            constraint=models.UniqueConstraint(fields=('expert', 'application', 'rule'), name='conflict_once'),
        ),
        migrations.AddConstraint(
            model_name='conflict',
            constraint=models.CheckConstraint(condition=models.Q(('settled_as', ''), models.Q(('settled_reason', ''), _negated=True), _connector='OR'), name='conflict_settled_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='conflict',
            constraint=models.CheckConstraint(condition=models.Q(('settled_by', None), ('declared_by', None), models.Q(('settled_by', models.F('declared_by')), _negated=True), _connector='OR'), name='conflict_settled_by_another'),
        ),
        migrations.AddConstraint(
            model_name='bid',
            constraint=models.UniqueConstraint(fields=('expert', 'application'), name='bid_once'),
        ),
        migrations.AddConstraint(
            model_name='bid',
            constraint=models.CheckConstraint(condition=models.Q(('value__range', (-2, 2))), name='bid_range'),
        ),
        migrations.AddIndex(
            model_name='expertfield',
            index=models.Index(fields=['parent', 'position'], name='expert_field_order'),
        ),
        migrations.AddConstraint(
            model_name='competence',
            constraint=models.UniqueConstraint(fields=('expert', 'field'), name='competence_once'),
        ),
        migrations.AddConstraint(
            model_name='competence',
            constraint=models.CheckConstraint(condition=models.Q(('strength__range', (1, 3))), name='competence_strength'),
        ),
        migrations.AddIndex(
            model_name='expertpost',
            index=models.Index(fields=['expert', 'kind'], name='post_of_expert'),
        ),
        migrations.AddIndex(
            model_name='expertpost',
            index=models.Index(condition=models.Q(('credit_code', ''), _negated=True), fields=['credit_code'], name='post_code'),
        ),
        migrations.AddIndex(
            model_name='expertpost',
            index=models.Index(condition=models.Q(('group_code', ''), _negated=True), fields=['group_code'], name='post_group'),
        ),
        migrations.AddIndex(
            model_name='expertrelation',
            index=models.Index(condition=models.Q(('credit_code', ''), _negated=True), fields=['credit_code'], name='relation_code'),
        ),
        migrations.AddIndex(
            model_name='remark',
            index=models.Index(fields=['application', 'at'], name='remarks_of_case'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('assignment', 'number'), name='review_number'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='revision_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='conclusion',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('application',), name='one_conclusion'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.UniqueConstraint(fields=('office', 'name'), name='room_of_office'),
        ),
        migrations.AddIndex(
            model_name='reviewsession',
            index=models.Index(fields=['office', 'stage', 'starts_at'], name='session_of_office'),
        ),
        migrations.AddConstraint(
            model_name='reviewsession',
            constraint=models.UniqueConstraint(fields=('round', 'ordinal'), name='session_ordinal'),
        ),
        migrations.AddConstraint(
            model_name='reviewsession',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('stage', 'cancelled'), _negated=True), ('held_on__isnull', False), ('room__isnull', False)), fields=('room', 'held_on', 'half'), name='room_once_a_half_day'),
        ),
        migrations.AddIndex(
            model_name='seat',
            index=models.Index(condition=models.Q(('state', 'invited')), fields=['answer_by'], name='seat_unanswered'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(fields=('session', 'expert'), name='seat_once'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(condition=models.Q(('held_on__isnull', False), ('state__in', ['planned', 'invited', 'confirmed'])), fields=('expert', 'held_on', 'half'), name='expert_once_a_half_day'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(condition=models.Q(('is_chair', True), ('state__in', ['planned', 'invited', 'confirmed'])), fields=('session',), name='one_chair'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['expert', 'state'], name='assignment_of_expert'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('expert', 'application'), name='assignment_once'),
        ),
        migrations.AddIndex(
            model_name='sessionitem',
            index=models.Index(fields=['session', 'position'], name='items_of_session'),
        ),
        migrations.AddConstraint(
            model_name='sessionitem',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('application',), name='case_in_one_session'),
        ),
        migrations.AddIndex(
            model_name='unavailability',
            index=models.Index(fields=['expert', 'from_on'], name='unavailability_of'),
        ),
        migrations.AddConstraint(
            model_name='unavailability',
            constraint=models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='unavailability_forward'),
        ),
        migrations.RunSQL(
            [f"CREATE TRIGGER {n}_append_only BEFORE UPDATE OR DELETE ON workflows_{n}"
             " FOR EACH ROW EXECUTE FUNCTION workflows_append_only();" for n in ("review", "expertchange", "sessionnote")],
            [f"DROP TRIGGER {n}_append_only ON workflows_{n};" for n in ("review", "expertchange", "sessionnote")],
        ),
    ]
