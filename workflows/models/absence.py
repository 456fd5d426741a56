"""Absence: for some days a colleague with the same role in the same office does a person's work."""

from typing import Self

from django.db import models
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Role, User


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def standing(self) -> Self:
        """Those that were not ended, past ones included."""
        return self.filter(ended_at=None)

    def in_force(self) -> Self:
        """Those of today, by the database's clock where the offices are."""
        return self.standing().filter(from_on__lte=TruncDate(Now()), until_on__gte=TruncDate(Now()))

    def open(self) -> Self:
        """Those of today and those to come."""
        return self.standing().filter(until_on__gte=TruncDate(Now()))


class Absence(models.Model):
    """`substitute` does for `person` what is theirs in one role of one office, from a day to a day, both included."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences_covered")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(until_on__gte=models.F("from_on")), name="absence_forward"),
            models.CheckConstraint(condition=~models.Q(person=models.F("substitute")), name="absence_of_another"),
        )  # fmt: skip
        indexes = (
            models.Index(
                fields=["substitute", "until_on"], condition=models.Q(ended_at=None), name="absence_covered"
            ),
            models.Index(fields=["organisation", "until_on"], name="absence_of_office"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.from_on}–{self.until_on}: {self.substitute_id}"
