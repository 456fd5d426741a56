"""How many cases stand where: rows that a trigger appends, whose sums are the counts at any moment."""

from django.db import models

from accounts.models import Organisation
from workflows.models.round import Round


class CaseCount(models.Model):
    """A difference that one statement made to the cases of one round, office and state; the count is their sum.

    Written by the trigger on applications alone, in the transaction of its cause; `counters.fold` joins the
    rows of one place into one. The references carry no constraint of their own: the applications have it.
    """

    programme = models.CharField(max_length=40)
    round = models.ForeignKey(Round, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    handler = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    authority = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    state = models.CharField(max_length=24)
    # Whether they have a receipt number: without one a case is a draft that only its applicant knows of.
    numbered = models.BooleanField()
    cases = models.BigIntegerField()
    people = models.BigIntegerField()
    granted = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.round_id}/{self.state}: {self.cases:+}"
