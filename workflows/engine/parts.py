"""What programmes and steps are made of: limits, messages, papers, rules, the notice, the guide."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from config.words import T

if TYPE_CHECKING:
    from forms.fields.base import Kind
    from workflows.models import Person


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A time limit of `n` working days by the calendar, counted from the next day.

    Args:
        remind: how many working days before its end those who hold the case are reminded; 0 for never.
        escalate: working days after its end at which one level more hears of it (see `workflows.escalations`).
    """

    n: int
    remind: int = 1
    escalate: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Notify:
    """Whom a step tells, and in which words. Placeholders are columns of the application and `reason`."""

    who: str  # "applicant", "office", "authority"
    subject: T
    body: T


def tell(who: str, subject: T, body: T) -> tuple[Notify]:
    """What a step `tells`; add them up where it tells several."""
    return (Notify(who, subject, body),)


@dataclass(frozen=True, slots=True)
class Paper:
    """One entry of the document checklist."""

    slug: str
    title: T
    hint: T = field(default_factory=lambda: T(en="", zh=""))
    required: bool = True
    # The state in which it is asked for; empty: with the application.
    state: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the decision table; the first that matches decides. `when` is a `Q` on a person."""

    code: str
    when: Callable[[Any], Q]
    result: str
    words: T
    title: T
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """How long a public notice stands: unit is working days; the first day counts or does not."""

    days: int
    counts_first_day: bool
    objection_answer_days: int
    title: T
    category: Callable[["Person"], str] | None = None


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """What the certificate of a programme is called, and what it says of `{enterprise}`, `{credit_code}`, `{year}`."""

    title: T
    says: T


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the eligibility pre-check: a decision rule's field, asked before anything is typed."""

    name: str
    words: T
    kind: "Kind"
    hint: T | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """The service guide (办事指南), beside what is declared elsewhere: papers, way, conditions."""

    summary: T
    conditions: tuple[T, ...]
    promised_days: int
    fee: T
    legal_basis: tuple[T, ...]
    questions: tuple[tuple[T, T], ...]
    contact: T
