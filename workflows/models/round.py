"""A round: one call of a programme, under one policy version, with its window and its offices."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from config.words import T

if TYPE_CHECKING:
    from workflows.engine.declare import Programme


class RoundQuerySet(models.QuerySet["Round"]):
    def published(self) -> Self:
        return self.filter(published=True)

    def open(self) -> Self:
        """Those whose window is open now, by the database's clock."""
        return self.published().filter(opens_at__lte=Now(), closes_at__gt=Now())


class Round(models.Model):
    """Applications of one programme, one year and one policy version."""

    programme = models.CharField(_("programme"), max_length=40)
    policy = models.CharField(_("policy version"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    handler = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    budget_fen = models.BigIntegerField(_("budget"), null=True, blank=True)
    published = models.BooleanField(default=True)
    # Until when experts say which of its cases they would gladly review; nothing: nobody was asked.
    bids_until = models.DateTimeField(null=True, blank=True)
    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["programme", "year"], name="round_once_a_year"),)

    def __str__(self) -> str:
        return str(self.title)

    @property
    def declaration(self) -> "Programme":
        """The programme's declaration."""
        from workflows.programmes import programme  # noqa: PLC0415 - programmes build on the models

        return programme(self.programme)

    @property
    def title(self) -> T:
        name = self.declaration.title
        return T(en=f"{name.en} {self.year}", zh=f"{name.zh}（{self.year}）")

    @property
    def is_open(self) -> bool:
        """Whether the window is open by this machine's clock: for words on a page, never for a decision."""
        return self.opens_at <= timezone.now() < self.closes_at
