"""Review sessions 场次: time, place, panel and running order of the cases that are heard together."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process

from accounts.models import Organisation, User
from workflows.models.application import Application
from workflows.models.review_experts import Expert
from workflows.models.round import Round


class Room(models.Model):
    """A place where panels meet."""

    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("room"), max_length=80)
    place = models.CharField(_("address"), max_length=200, blank=True, default="")
    seats = models.PositiveSmallIntegerField(_("seats"), default=20)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["office", "name"], name="room_of_office"),)

    def __str__(self) -> str:
        return self.name


class ReviewSession(models.Model):
    """A panel meets over some cases; or, without a room, its members score them each on their own (函评)."""

    class Stage(models.TextChoices):
        PLANNED = "planned", _("Being planned")
        DRAWING = "drawing", _("Panel announced, draw to come")
        INVITING = "inviting", _("Experts invited")
        CONFIRMED = "confirmed", _("Confirmed")
        HELD = "held", _("Being held")
        CONCLUDED = "concluded", _("Concluded, to be signed")
        SIGNED = "signed", _("Signed")
        CANCELLED = "cancelled", _("Cancelled")

    class Half(models.TextChoices):
        MORNING = "am", _("Morning")
        AFTERNOON = "pm", _("Afternoon")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sessions")
    number = models.CharField(_("number"), max_length=24, unique=True)
    ordinal = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    secretary = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(_("stage"), max_length=9, choices=Stage, default=Stage.PLANNED)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, related_name="+")
    held_on = models.DateField(_("day"), null=True)
    half = models.CharField(_("half of the day"), max_length=2, choices=Half, blank=True, default="")
    starts_at = models.DateTimeField(_("begins"), null=True)
    ends_at = models.DateTimeField(_("ends"), null=True)
    made_at = models.DateTimeField(default=timezone.now)
    # How many seats, and how many of them in the field; the draw's own papers.
    seats_wanted = models.PositiveSmallIntegerField(default=5)
    announcement = models.JSONField(null=True)
    announced_sha256 = models.CharField(max_length=64, blank=True, default="")
    announced_at = models.DateTimeField(null=True)
    certificate = models.JSONField(null=True)
    # Grows with everything that happens in it: what live pages ask for.
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=500, blank=True, default="")
    # Frozen when it is concluded; the members of the panel sign the hash.
    minutes = models.JSONField(null=True)
    minutes_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["round", "ordinal"], name="session_ordinal"),
            models.UniqueConstraint(
                fields=["room", "held_on", "half"],
                condition=~Q(stage="cancelled") & Q(room__isnull=False, held_on__isnull=False),
                name="room_once_a_half_day",
            ),
        )
        indexes = (
            models.Index(fields=["office", "stage", "starts_at"], name="session_of_office"),
            models.Index(
                fields=["announced_sha256"], name="session_announced", condition=~Q(announced_sha256="")
            ),
        )

    def __str__(self) -> str:
        return self.number


class SessionProcess(Process):  # type: ignore[misc]
    """The human tasks of one session."""

    session = models.OneToOneField(ReviewSession, on_delete=models.PROTECT, related_name="process")

    def __str__(self) -> str:
        return f"{self.session}"


class SessionItem(models.Model):
    """A case in the running order of a session; one that was taken out stays, with the time."""

    session = models.ForeignKey(ReviewSession, on_delete=models.PROTECT, related_name="items", db_index=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="session_items")
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(_("minutes for the defence"), default=20)
    question_minutes = models.PositiveSmallIntegerField(_("minutes for questions"), default=10)
    presenter = models.CharField(_("presenter"), max_length=80, blank=True, default="")
    presenter_email = models.EmailField(_("presenter's e-mail"), blank=True, default="")
    called_at = models.DateTimeField(null=True)
    questions_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application"], condition=Q(removed_at=None), name="case_in_one_session"
            ),
        )
        indexes = (models.Index(fields=["session", "position"], name="items_of_session"),)

    def __str__(self) -> str:
        return f"{self.session_id}/{self.position}"


class Seat(models.Model):
    """An expert on the panel of a session, from the invitation to the signature. A successor names whom they follow."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Not invited yet")
        INVITED = "invited", _("Invited")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        SILENT = "silent", _("No answer in time")
        RECUSED = "recused", _("Recused")
        PREVENTED = "prevented", _("Prevented")
        STOOD_DOWN = "stood_down", _("Not needed any more")

    session = models.ForeignKey(ReviewSession, on_delete=models.PROTECT, related_name="seats", db_index=False)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="seats")
    is_chair = models.BooleanField(default=False)
    in_field = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    held_on = models.DateField(null=True)
    half = models.CharField(max_length=2, blank=True, default="")
    invited_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="successor")
    signed_in_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    # SHA-256 of the minutes that they signed.
    signed_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["session", "expert"], name="seat_once"),
            # Nobody sits in two rooms at once.
            models.UniqueConstraint(
                fields=["expert", "held_on", "half"],
                condition=Q(state__in=["planned", "invited", "confirmed"], held_on__isnull=False),
                name="expert_once_a_half_day",
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(is_chair=True, state__in=["planned", "invited", "confirmed"]),
                name="one_chair",
            ),
        )
        indexes = (models.Index(fields=["answer_by"], condition=Q(state="invited"), name="seat_unanswered"),)

    def __str__(self) -> str:
        return f"{self.session_id}: {self.expert_id}"


class SessionNote(models.Model):
    """What happened in a session, in order: sign-in, calls, replacements, signatures. Append-only, for the minutes."""

    session = models.ForeignKey(ReviewSession, on_delete=models.PROTECT, related_name="notes")
    what = models.CharField(max_length=24)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, blank=True, default="")
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.session_id} {self.what}"
