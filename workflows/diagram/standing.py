"""How many cases stand in each state of a programme, and the way that one case has gone."""

from collections.abc import Sequence

from django.db.models import Count, Q
from django.utils import timezone

from workflows.diagram.svg import Way
from workflows.models import Application, ApplicationQuerySet, Event


def standing(cases: ApplicationQuerySet) -> dict[str, tuple[int, int]]:
    """State → (cases, those of them whose next step is overdue); one query."""
    late = Count("pk", filter=Q(due_on__lt=timezone.localdate()))
    rows = cases.order_by().values("state").annotate(n=Count("pk"), late=late)
    return {state: (n, overdue) for state, n, overdue in rows.values_list("state", "n", "late")}


def way_of(case: Application, events: Sequence[Event]) -> Way:
    """The states that a case was in, each with the day it last came to it; and the lines that it took."""
    first = str(case.declaration.states[0])
    days = {first: timezone.localtime(case.created_at).date().isoformat()}
    taken = set()
    for event in events:
        if event.source != event.target:
            days[event.target] = timezone.localtime(event.at).date().isoformat()
            taken.add((event.source, event.target))
    return Way(tuple(days.items()), frozenset(taken), str(case.state))
