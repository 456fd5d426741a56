"""What the pages of all doors draw from the declarations: the path strip, the timeline, steps with their reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import STAFF_ROLES, Membership, User
from config.errors import Refusal
from config.templatetags.words import day, limit
from config.words import T
from workflows.diagram.layout import CannotDraw
from workflows.engine.asking import Offer
from workflows.engine.deadlines import provisional_among
from workflows.engine.declare import Step
from workflows.engine.guards import Reason
from workflows.engine.operated import spoken
from workflows.engine.perform import FOR
from workflows.models import Application, Event


@dataclass(frozen=True, slots=True)
class PathStep:
    """One state of the strip, as `parts/path.html` wants it."""

    name: T
    state: str
    note: str = ""
    who: T | str = ""


def path_steps(case: Application, events: Sequence[Event] = ()) -> list[PathStep]:
    """The programme's own states, with where `case` stands, who holds it and until when."""
    declaration = case.declaration
    path = declaration.path()
    standing = case.standing
    # A side state is drawn at the state it was reached from.
    here = standing if standing.on_path else _beside(case, path, events)
    index = next((n for n, s in enumerate(path) if s == here), 0)
    days = {event.target: event.at for event in events if event.target != event.source}
    steps = []
    for n, state in enumerate(path):
        done = n < index or (state == standing and bool(standing.outcome))
        if n == index and not standing.on_path:
            steps.append(PathStep(standing.label, "stopped", _until(case), _holder(case)))
        elif n == index and not done:
            steps.append(PathStep(state.label, "now", _until(case), _holder(case)))
        else:
            left_at = _left_at(path, n, days)
            steps.append(PathStep(state.label, "done" if done else "ahead", _short(left_at) if done else ""))
    return steps


def _left_at(path: Sequence[str], n: int, days: Mapping[str, datetime]) -> datetime | None:
    return next((days[state] for state in path[n + 1 :] if state in days), days.get(path[n]))


def _short(moment: datetime | None) -> str:
    """A day as narrow as the strip: 2019-05-31."""
    return timezone.localtime(moment).date().isoformat() if moment else ""


def _beside(case: Application, path: Sequence[str], events: Sequence[Event]) -> str:
    """The state of the path beside which a side state is drawn: where the case was, or else the last it came to."""
    came_from = case.declaration.state(case.resume_state) if case.resume_state else case.standing
    visited = [path[0], *(event.target for event in events if event.target in path)]
    for state in (str(came_from), came_from.near):
        if state in path and (state in visited or not events):
            return state
    return visited[-1]


def _until(case: Application) -> str:
    return until(case.due_on, provisional=provisional_of(case)) if case.due_on else ""


def until(end: date | datetime, *, provisional: frozenset[date] = frozenset()) -> str:
    """“until 28 Dec”, in which the day itself is not broken over two lines of the narrow strip."""
    words = day(end) if isinstance(end, datetime) else limit(end, provisional)
    return _("until %(day)s") % {"day": words.replace(" ", "\u00a0")}


def provisional_of(case: Application) -> frozenset[date]:
    """Those of the days promised on `case` that rest on a calendar that is not official yet; one query a page."""
    known = case.__dict__.get("_provisional")
    if known is None:
        known = provisional_among((case.due_on, case.promised_on, case.notice_ends_on))
        case.__dict__["_provisional"] = known
    return known


def _holder(case: Application) -> T | str:
    return "" if case.standing.outcome else case.standing.holder


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline, as `parts/timeline.html` wants it."""

    words: T | str
    at: datetime
    detail: str = ""
    who: str = ""
    tone: str = ""
    url: str = ""


def timeline(case: Application, events: Sequence[Event], *, viewer: User) -> list[Moment]:
    """What happened, newest first. Applicants read offices, not officers, and nothing that is the staff's own."""
    staff = viewer.has_role(*STAFF_ROLES)
    moments = []
    for event in reversed(events):
        step = spoken(case.declaration, event.step)
        if step is None or (not staff and not _public(step)):
            continue
        who = _who(event, case, staff=staff)
        moments.append(
            Moment(step.done, event.at, detail=_detail(event, step, staff), who=who, tone=_tone(step))
        )
    return moments


def _public(step: Step) -> bool:
    """Whether applicants read of it: moves of the case and what it tells them, not the staff's handling."""
    return step.moves or any(notify.who == "applicant" for notify in step.tells)


def _detail(event: Event, step: Step, staff: bool) -> str:
    return (
        event.reason
        if staff or any(n.who == "applicant" and "{reason}" in n.body.en for n in step.tells)
        else ""
    )


def _who(event: Event, case: Application, *, staff: bool) -> str:
    if staff or case.created_by_id == event.actor_id:
        return who_did(event)
    return ""


def who_did(event: Event) -> str:
    """The actor, and for whom: “Li Li for Wang Min”. The events come from `events_of`."""
    absent = getattr(event, "behalf", None)
    if absent is None:
        return str(event.actor)
    return _("%(name)s for %(absent)s") % {"name": event.actor, "absent": absent}


def _tone(step: Step) -> str:
    target = step.target
    outcome = getattr(target, "outcome", "")
    return "no" if outcome == "bad" else "due" if getattr(target, "stops_clock", False) else ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing for a page, or why there is none now; its table says the same."""

    svg: SafeString | str = ""
    refusal: Refusal | None = None


def picture(draw: Callable[..., str], *what: Any) -> Picture:
    """What `draw` makes of `what`; a page shows its table also where the layout program is away."""
    try:
        return Picture(mark_safe(draw(*what)))  # noqa: S308 - our own drawing; every word in it is escaped
    except CannotDraw as refusal:
        return Picture(refusal=refusal)


@dataclass(frozen=True, slots=True)
class Choice:
    """A step on a page: its button, and above it every reason why it cannot be pressed, each with its link."""

    step: Step
    reasons: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return not self.reasons


def choices(offers: Sequence[Offer], mend: Callable[[Reason], str | None], *names: str) -> list[Choice]:
    """The offered steps (all, or those named, in that order) with reasons linked by `mend` (a reason → its URL)."""
    by_name = {offer.step.name: offer for offer in offers}
    wanted = names or tuple(by_name)
    return [
        Choice(by_name[n].step, [{"sentence": r.words, "url": mend(r) or ""} for r in by_name[n].reasons])
        for n in wanted
        if n in by_name
    ]


def events_of(case: Application) -> list[Event]:
    """All events of a case with their actors, oldest first, each with `behalf`, the absent person for whom it
    was done; one query, two where there is such a person."""
    events = list(Event.objects.filter(application=case).select_related("actor").order_by("seq"))
    wanted = {event.data[FOR] for event in events if event.data.get(FOR)}
    absent = User.objects.in_bulk(wanted) if wanted else {}
    for event in events:
        event.behalf = absent.get(event.data.get(FOR))  # type: ignore[attr-defined]
    return events


def colleagues(organisation: int, role: str) -> list[User]:
    """People who hold `role` for `organisation` now, by name."""
    held = Membership.objects.in_force().filter(organisation=organisation, role=role, user__is_active=True)
    return [m.user for m in held.select_related("user").order_by("user__name")]
