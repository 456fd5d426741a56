"""The work of people on a batch: a viewflow process, one for each batch, never one for each case."""

from django.db import models
from viewflow.workflow.models import Process

from workflows.models.batch import Batch


class ApprovalProcess(Process):  # type: ignore[misc]
    """The human tasks of one batch: prepare, verify, approve, release the notice, close."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="process")
    # The last decision of the approver; the gateway after approval reads it.
    sent_back = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.batch}"
