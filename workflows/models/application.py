"""An application: one applicant in one round, its state, its facts, its place in the chain."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from accounts.models import Organisation, User
from accounts.sealing import SealedField
from workflows.models.round import Round

if TYPE_CHECKING:
    from workflows.engine.declare import Programme, State


@models.BigAutoField.register_lookup
@models.ForeignKey.register_lookup
class AnyOf(models.Lookup):
    """`pk__any=[…]`: one array parameter instead of one parameter a value, for batches of any size.

    What says itself how it is asked for (`engine.chosen`) is asked that way.
    """

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        as_any = getattr(self.rhs, "as_any", None)
        sql, more = as_any(left) if as_any else (f"{left} = ANY(%s)", (list(self.rhs),))
        return sql, (*params, *more)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def of(self, programme: str) -> Self:
        return self.filter(programme=programme)


class Application(models.Model):
    """One case. `state` is written by `engine.perform` alone; the database refuses any edge not declared."""

    programme = models.CharField(max_length=40)
    policy = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    # Each step writes every index of the row anew: those that lead a longer index have none of their own.
    round = models.ForeignKey(Round, on_delete=models.PROTECT, db_index=False)
    applicant = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="applications", db_index=False
    )
    handler = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Null while a draft; then the receipt number that the applicant quotes.
    number = models.CharField(_("number"), max_length=24, unique=True, null=True)  # noqa: DJ001

    state = FSMField(_("state"), max_length=24, default="draft", protected=True)
    resume_state = models.CharField(max_length=24, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    seq = models.PositiveIntegerField(default=0)
    tip = models.BinaryField(default=b"")
    entered_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    due_on = models.DateField(_("due"), null=True)
    promised_on = models.DateField(_("promised"), null=True)
    # In how many working days from submission, as promised: what a new calendar counts again.
    promised_days = models.PositiveSmallIntegerField(null=True)
    stopped_on = models.DateField(null=True)
    assigned_to = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    batch = models.ForeignKey(
        "workflows.Batch", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    notice_ends_on = models.DateField(null=True)
    # The last day on which the applicant is barred from applying; kept by `bars`.
    barred_until = models.DateField(null=True)

    answers = models.JSONField(default=dict)
    sealed_answers = SealedField()
    saved_at = models.DateTimeField(null=True)
    declared_at = models.DateTimeField(null=True)
    # What the answers come to, by the name of the field: numbers, yes or no, words; no personal number.
    # For guards and amounts of programmes that decide on the case itself.
    facts = models.JSONField(default=dict)
    # Keyed index of receipt contact's last four, for the public progress page.
    contact_tail_index = models.BinaryField(default=b"")

    # Facts: what guards need, kept in the transaction of its cause.
    industry = models.CharField(_("industry"), max_length=40, blank=True, default="")
    district = models.CharField(_("district"), max_length=40, blank=True, default="")
    form_problems = models.PositiveIntegerField(default=1)
    papers_missing = models.PositiveIntegerField(default=1)
    points_open = models.PositiveIntegerField(default=0)
    # On-site inspection: the day of the visit; then what the signed report says: "pass" or "fail".
    inspected_on = models.DateField(null=True)
    inspection_outcome = models.CharField(max_length=8, blank=True, default="")
    inspection_points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    inspection_vetoes = models.PositiveSmallIntegerField(default=0)
    # How often correction was asked for; a programme allows so many rounds.
    correction_rounds = models.PositiveSmallIntegerField(default=0)
    appeals_made = models.PositiveSmallIntegerField(default=0)
    objections_open = models.PositiveIntegerField(default=0)
    # The receipt of the onward payment is attached and verified.
    receipt_attached = models.BooleanField(default=False)
    # People of the roster; where the programme has none, the case counts as one: granted, refused or frozen.
    rows_total = models.PositiveIntegerField(default=0)
    rows_with_errors = models.PositiveIntegerField(default=0)
    rows_granted = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_held = models.PositiveIntegerField(default=0)
    rows_in_dispute = models.PositiveIntegerField(default=0)
    rows_uncompared = models.PositiveIntegerField(default=0)
    rows_frozen = models.PositiveIntegerField(default=0)
    # What the panel is about: whose reviews are asked for, how many are in, what they come to. The chair concludes.
    reviews_wanted = models.PositiveSmallIntegerField(db_default=0)
    reviews_in = models.PositiveSmallIntegerField(db_default=0)
    review_score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True)
    # By the programme's rule: "pass", "revise" or "fail"; empty while reviews are missing.
    review_outcome = models.CharField(max_length=6, blank=True, default="", db_default="")
    amount_fen = models.BigIntegerField(_("amount"), default=0)
    paid_fen = models.BigIntegerField(_("paid"), default=0)

    # The number of the certificate that was issued on it; empty before, and where there is none.
    certificate = models.CharField(max_length=24, blank=True, default="", db_default="")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        indexes = (
            # The worklist's stretches; drafts are on nobody's desk.
            models.Index(
                fields=["handler", "state", "due_on", "id"],
                name="application_handler_desk",
                condition=models.Q(number__isnull=False),
            ),
            models.Index(
                fields=["authority", "state", "due_on", "id"],
                name="application_authority_desk",
                condition=models.Q(number__isnull=False),
            ),
            # Those that an official may end because nobody is granted anything: few, and asked for on each page.
            models.Index(
                fields=["authority", "state", "due_on", "id"],
                name="application_ungranted",
                condition=models.Q(number__isnull=False, rows_granted=0, rows_held=0),
            ),
            models.Index(fields=["assigned_to", "due_on", "id"], name="application_lead_due"),
            # What the search calls held, disputed, frozen, stopped: few of all.
            models.Index(
                fields=["due_on", "id"],
                name="application_flagged",
                condition=models.Q(rows_held__gt=0)
                | models.Q(rows_in_dispute__gt=0)
                | models.Q(rows_frozen__gt=0)
                | models.Q(objections_open__gt=0)
                | models.Q(stopped_on__isnull=False),
            ),
            models.Index(fields=["applicant", "-created_at"], name="application_applicant"),
            models.Index(fields=["round", "state"], name="application_round_state"),
            models.Index(fields=["batch"], name="application_batch"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["round", "applicant"],
                condition=~models.Q(state__in=["withdrawn", "refused"]),
                name="application_once_a_round",
            ),
        )

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"

    @property
    def declaration(self) -> "Programme":
        """The programme's declaration."""
        from workflows.programmes import programme  # noqa: PLC0415 - programmes build on the models

        return programme(self.programme)

    @property
    def standing(self) -> "State":
        """The state with its words and its holder."""
        return self.declaration.state(self.state)

    @property
    def unpaid_fen(self) -> int:
        return self.amount_fen - self.paid_fen


class ApplicationPaper(models.Model):
    """A document in answer to one entry of the checklist. A replaced one stays, marked."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="papers")
    paper = models.CharField(max_length=40)
    document = models.OneToOneField("storage.Document", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["application", "paper"], name="paper_of_application"),)

    def __str__(self) -> str:
        return f"{self.application_id}/{self.paper}"
