"""The rows of the worklist as their reader sees them, each word and figure ready to be put down.

A page has as many rows as all its other parts together have lines: what is the same for every row (words, addresses,
the tags of states, days) is made once here, and the template only sets one after the other.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from config.pattern import joined, pattern
from config.templatetags.words import count, limit, tag, yuan
from workflows.engine.declare import State
from workflows.models import Application
from workflows.rules import holds_role
from workflows.web.addresses import addresses
from workflows.web.keys import fresh_key

NOTHING = SafeString("")
# What a row says or asks of its case; the rest stays in the database.
COLUMNS = (
    "programme", "state", "number", "version", "due_on", "rows_total", "rows_held", "amount_fen",
    "applicant__name", "assigned_to__name", "assigned_to__email", "handler_id", "authority_id",
)  # fmt: skip


class Row(NamedTuple):
    """One case in the list, in the order in which the template takes it apart.

    Safe are figures, days, addresses and words of our own; names are written by people, and escaped by the template.
    """

    case: Application
    days_over: int
    # How the row is marked at its edge: "wrong" where overdue, "held", or not at all.
    mark: str
    pk: SafeString
    url: SafeString
    number: SafeString
    choose: SafeString
    employer: str
    state: SafeString
    due: SafeString
    late: SafeString
    people: SafeString
    held: SafeString
    amount: SafeString
    handler: str
    # Where it can be claimed, and the key of that form; empty where it cannot.
    claim: SafeString
    key: SafeString


def rows_of(cases: Iterable[Application], user: User) -> list[Row]:
    """`cases` as `user` sees them; no query where the parties are there (`with_parties`)."""
    today = timezone.localdate()
    choose = _("Choose %(number)s")
    url_of, claim_of = addresses("case"), addresses("case_step", "claim")
    day_of, tag_of = cache(limit), cache(tag)

    def row(case: Application) -> Row:
        declared = case.declaration
        standing = declared.state(case.state)
        over = days_over(case, standing, today)
        provisional = case.due_provisional  # type: ignore[attr-defined]  # annotated by with_parties
        number = escape(case.number)
        claimable = may_claim(case, user)
        return Row(
            case=case,
            days_over=over,
            mark="wrong" if over else "held" if case.rows_held else "",
            pk=SafeString(case.pk),
            url=SafeString(url_of(case.pk)),
            number=number,
            choose=SafeString(choose % {"number": number}),
            employer=case.applicant.name,
            state=tag_of(standing.label, standing.tag),
            due=SafeString(day_of(case.due_on, provisional)),
            late=SafeString(_late(over)) if over else NOTHING,
            people=SafeString(count(case.rows_total)) if declared.roster else NOTHING,
            held=SafeString(count(case.rows_held)) if case.rows_held else NOTHING,
            amount=SafeString(yuan(case.amount_fen)) if declared.pays else NOTHING,
            handler=str(case.assigned_to) if case.assigned_to else "",
            claim=SafeString(claim_of(case.pk)) if claimable else NOTHING,
            key=SafeString(fresh_key()) if claimable else NOTHING,
        )

    return [row(case) for case in cases]


def lines_of(rows: Iterable[Row], *, choosing: bool, csrf_field: SafeString, here: str) -> SafeString:
    """`rows` as the lines of the table, with boxes to choose them by; `here` is where claiming comes back to."""
    fill = pattern("desk/worklist_row.html", {"choosing": choosing})
    claim = pattern("desk/worklist_claim.html", {"csrf_field": csrf_field})

    def line(row: Row) -> SafeString:
        given = row._asdict()
        form = claim({**given, "version": row.case.version, "here": here}) if row.claim else NOTHING
        return fill(
            {
                **given,
                "mark_class": SafeString(f' class="{row.mark}"') if row.mark else NOTHING,
                "late_small": SafeString(f" <small>{row.late}</small>") if row.late else NOTHING,
                "handling": row.handler or form,
            }
        )

    return joined(map(line, rows))


def days_over(case: Application, standing: State, today: date) -> int:
    """By how many days the case is over its limit; 0 where it is not, or where no clock runs."""
    runs = case.due_on is not None and not standing.outcome and not standing.stops_clock
    return max(0, (today - case.due_on).days) if case.due_on and runs else 0


def may_claim(case: Application, user: User) -> bool:
    """Whether nobody handles the case yet and `user` could."""
    claim = case.declaration.steps.get("claim")
    return (
        claim is not None
        and case.assigned_to_id is None
        and case.state in claim.sources
        and holds_role(claim.by, user, case)
    )


def _late(days: int) -> str:
    return ngettext("%(counter)s day over", "%(counter)s days over", days) % {"counter": days}
