"""Where each step of a case is done on the pages of staff, and what they draw of it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from config.words import T
from workflows.engine.asking import Offer
from workflows.engine.declare import Programme, Same, Step
from workflows.engine.guards import Reason
from workflows.models import Application
from workflows.web.keys import fresh_key

# Where a step that is not done on the page of the case is done: name of the page, and which id of the case it takes.
PLACES: dict[str, tuple[str, str]] = {
    "correction": ("case_ask_correction", "pk"),
    "tax_record": ("tax_record", "round_id"),
    "batch": ("batch", "batch_id"),
    "people": ("case_people", "pk"),
    "payments": ("payments", ""),
    "objections": ("notices", ""),
    "conflicts": ("case_conflicts", "pk"),
    "inspection": ("case_inspection", "pk"),
}
# Shown beside their object (a number, a person, the handler), not among the steps.
BESIDE = frozenset({"beside", "sealed", "dossier", "people", "tax_record", "conflicts", "notice"})
# Refused by the generic form: these are taken on their own pages alone.
OWN_PAGE = (PLACES.keys() | {"selection", "sealed", "dossier", "notice"}) - {"tax_record"}


def many_steps(programme: Programme) -> dict[str, Step]:
    """The steps that staff take on a selection of cases by one click, in the order of the way."""
    return {name: s for name, s in programme.steps.items() if s.for_many and s.place not in PLACES}


MENDED_AT: dict[str, tuple[str, str]] = {
    "people": ("case_people", "pk"),
    "roster": ("case_people", "pk"),
    "tax_record": ("tax_record", "round_id"),
    "batch": ("batch", "batch_id"),
    "objections": ("notices", ""),
    "payments": ("payments", ""),
    "correction": ("case_corrections", "pk"),
    "inspection": ("case_inspection", "pk"),
}
# Where the people that a reason speaks of are found.
PEOPLE_QUERY = {
    "held": "?result=held",
    "dispute": "?tax=differs",
    "some_granted": "?result=granted",
    "frozen": "?frozen=1",
    "uncompared": "?tax=uncompared",
}


def address(name: str, *args: Any) -> str:
    """The address of a page, or nothing where its door is not mounted or the case has no such thing."""
    if None in args:
        return ""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _place(place: tuple[str, str], case: Application) -> str:
    name, column = place
    return address(name, *([getattr(case, column)] if column else []))


def mend(case: Application, reason: Reason) -> str:
    """Where a reason can be mended by staff; nothing where only the applicant can."""
    place = MENDED_AT.get(reason.mend)
    return _place(place, case) + PEOPLE_QUERY.get(reason.code, "") if place else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A step on the page of a case: its reasons with links, and where it is done when not here."""

    step: Step
    reasons: list[dict[str, Any]]
    url: str
    key: str
    # The name of the page where it is done, when not here.
    place: str = ""

    @property
    def is_open(self) -> bool:
        return not self.reasons

    @property
    def is_hard(self) -> bool:
        """Whether it sets the case aside or ends it badly: never the first button."""
        target = self.step.target
        return self.step.needs_reason or bool(getattr(target, "stops_clock", False))


def choices(case: Application, offered: list[Offer]) -> list[Choice]:
    """The steps that are offered among the steps of the page: the way on first, then what sets it aside."""
    made = [
        Choice(
            offer.step,
            [{"sentence": reason.words, "url": mend(case, reason)} for reason in offer.reasons],
            _place(PLACES[offer.step.place], case) if offer.step.place in PLACES else "",
            fresh_key(),
            PLACES.get(offer.step.place, ("", ""))[0],
        )
        for offer in offered
        if offer.step.place not in BESIDE
    ]
    ordered = sorted(made, key=lambda choice: (choice.is_hard, choice.step.target is Same))
    # Several steps of a batch are one link to it.
    first = {choice.url: choice for choice in reversed(ordered)}
    return [choice for choice in ordered if not choice.url or choice is first[choice.url]]


def next_page(request: HttpRequest, otherwise: str) -> str:
    """Where to go after a step: the page that the form names, if it is one of ours."""
    wanted = request.POST.get("next", "")
    return wanted if wanted and url_has_allowed_host_and_scheme(wanted, None) else otherwise


def done_words(step: Step, case: Application) -> T:
    """What is said after a step was taken on one case."""
    return T(en=f"{case.number}: {step.done.en}", zh=f"{case.number}：{step.done.zh}")
