"""The human tasks of an inspection tour: visit → report → sign. Planning it is what starts it.

Each is finished by the act that makes its last firm ready, in the transaction of that act.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from accounts.models import User
from workflows.models import InspectionProcess, InspectionTour

Stage = InspectionTour.Stage
# Task → what every visit of the tour must have before it is done, and where the tour stands then.
TASKS: dict[str, tuple[str, Stage]] = {
    "visit": ("noted_at", Stage.REPORTING),
    "report": ("reported_at", Stage.SIGNING),
    "sign": ("signed_at", Stage.DONE),
}
OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)


def tour_page(request: HttpRequest, process_pk: int, **_: Any) -> HttpResponse:  # noqa: ARG001 - viewflow's order
    """A task is worked on at its tour's page."""
    return redirect("tour", pk=get_object_or_404(InspectionProcess, pk=process_pk).tour_id)


class InspectionFlow(flow.Flow):  # type: ignore[misc]
    """One process for a tour. Two phones that finish a task in the same moment wait at the process row."""

    process_class = InspectionProcess
    lock_impl = lock.SelectForUpdateLock(nowait=False)
    process_title = "Inspection tour"

    start = flow.StartHandle(this.begin).Next(this.visit)
    visit = flow.View(tour_page).Next(this.report)
    report = flow.View(tour_page).Next(this.sign)
    sign = flow.View(tour_page).Next(this.end)
    end = flow.End()

    def begin(self, activation: Any, tour: InspectionTour) -> InspectionProcess:
        """Bind the new process to its tour."""
        activation.process.tour = tour
        process: InspectionProcess = activation.process
        return process


def go_on(tour: InspectionTour, *, by: User) -> None:
    """Finish each task of the tour for which every firm is ready, as done by `by`; in the caller's transaction."""
    locked = InspectionTour.objects.select_for_update().get(pk=tour.pk)
    visits = locked.visits.filter(dropped_at=None)
    for name, (column, stage) in TASKS.items():
        task = Task.objects.filter(
            process_id=locked.process.pk, flow_task=getattr(InspectionFlow, name), status__in=OPEN
        ).first()
        if task is None:
            continue
        if visits.filter(**{column: None}).exists():
            return
        with task.activation() as activation:
            activation.assign(by)
            activation.start(None)
            activation.execute()
        locked.stage = stage
        locked.save(update_fields=["stage"])
