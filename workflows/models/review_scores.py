"""Who reviews what, the reviews themselves, and what the panel concludes."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from workflows.models.application import Application
from workflows.models.review_conflicts import Conflict
from workflows.models.review_experts import Expert
from workflows.models.review_sessions import ReviewSession, Seat


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def open_to(self, user: User) -> Self:
        """Those through which `user` may read a case now: standing, enrolled, without a standing conflict."""
        return self.open().filter(expert__user=user.pk)

    def open(self) -> Self:
        """Those that give access: standing, of an enrolled expert, without a standing conflict."""
        kept_away = Conflict.objects.standing().filter(
            expert=OuterRef("expert"), application=OuterRef("application")
        )
        return self.filter(
            ~Exists(kept_away), state=Assignment.State.STANDING, expert__status=Expert.Status.ENROLLED
        )


class Assignment(models.Model):
    """An expert reviews a case. Only a standing one, without a standing conflict, opens the case to them."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        STANDING = "standing", _("Assigned")
        ENDED = "ended", _("Ended")

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="assignments")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="assignments")
    state = models.CharField(max_length=8, choices=State, default=State.STANDING)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    # When the undertaking and the confidentiality statement were given; before it no file opens.
    undertaking_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    # Took no part in the vote, though not recused.
    abstained_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=500, blank=True, default="")
    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["expert", "application"], condition=~Q(state="ended"), name="assignment_once"
            ),
        )
        indexes = (
            models.Index(fields=["expert", "state"], name="assignment_of_expert"),
            models.Index(
                fields=["due_at"],
                name="review_awaited",
                condition=Q(state="standing", seat=None, submitted_at=None, abstained_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.expert_id}/{self.application_id}"


class Review(models.Model):
    """What an expert submitted on a case. Never changed: a revision is another row, with its reason."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    number = models.PositiveSmallIntegerField(default=1)
    # Criterion → points as written, a decimal in a string.
    scores = models.JSONField(default=dict)
    comments = models.JSONField(default=dict)
    vetoes = models.JSONField(default=list)
    opinion = models.TextField(_("opinion"), blank=True, default="")
    reason = models.CharField(_("reason of the revision"), max_length=500, blank=True, default="")
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["assignment", "number"], name="review_number"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="revision_with_reason"),
        )

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.number}"


class ReviewDraft(models.Model):
    """What an expert has typed so far; `version` grows with each save, so that an older tab does not win."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="draft")
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.assignment_id}"


class Remark(models.Model):
    """What an expert says to the others about a case, once their own review is in."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="remarks")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["application", "at"], name="remarks_of_case"),)

    def __str__(self) -> str:
        return f"{self.assignment_id}"


class Conclusion(models.Model):
    """What a panel concludes on a case 评审结论; a later one replaces it, the earlier stays."""

    class Outcome(models.TextChoices):
        PASS = "pass", _("Pass")
        REVISE = "revise", _("Pass after revision")
        FAIL = "fail", _("Fail")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="conclusions")
    session = models.ForeignKey(
        ReviewSession, on_delete=models.PROTECT, null=True, related_name="conclusions"
    )
    outcome = models.CharField(_("conclusion"), max_length=6, choices=Outcome)
    # Half-up to two decimals as published; null where vetoes decided.
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True)
    # What the panel cuts from the budget 核减.
    cut_fen = models.BigIntegerField(_("cut of the budget"), default=0)
    opinion = models.TextField(_("opinion"), blank=True, default="")
    revise_by = models.DateField(_("revise by"), null=True)
    concluded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField()
    # The chair's confirmation of the revised papers.
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=Q(replaced_at=None), name="one_conclusion"
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id}: {self.outcome}"
