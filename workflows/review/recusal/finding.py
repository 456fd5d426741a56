"""Finding conflicts: the whole table of experts × cases in one statement."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Membership, Organisation, Role
from accounts.sealing import blind_index
from workflows.engine import clock
from workflows.models import Application, ExpertRelation, SessionItem
from workflows.programmes import registry
from workflows.review import counting
from workflows.review.recusal.rules import FOUND_BY, RecusalRule
from workflows.review.recusal.ties import SETS

# What a form calls people who stand for an applicant → what they are.
NAMED = {"founder_name": "founder", "presenter": "presenter"}
# Settled conflicts stay settled unless a tie has come to light that was not among what was settled.
_STATEMENT = """
WITH {sets},
found AS (
{rules}
)
INSERT INTO workflows_conflict (expert_id, application_id, rule, evidence, source, found_at, settled_as, settled_reason)
SELECT found.expert_id, found.application_id, found.rule,
       jsonb_build_object('ties', jsonb_agg(DISTINCT found.tie)), 'found', %(at)s, '', ''
  FROM found JOIN asked USING (expert_id) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (expert_id, application_id, rule) DO UPDATE
   SET evidence = EXCLUDED.evidence, found_at = EXCLUDED.found_at, settled_as = '', settled_by_id = NULL,
       settled_at = NULL, settled_reason = ''
 WHERE NOT workflows_conflict.evidence @> EXCLUDED.evidence
RETURNING application_id
"""


def find_conflicts(
    cases: Iterable[int], experts: Collection[int] | None = None, *, at: datetime | None = None
) -> int:
    """Write down every conflict that the rules find between `experts` (all, where None) and `cases`; one statement.

    A new one blocks from now on. A settled one stays settled unless the evidence has grown. One that is not found
    any more stays until somebody dismisses it: nobody frees themselves by changing their own file. The facts of the
    cases that are concerned are counted again.

    Args:
        at: the moment by which periods are counted, for a past that is being replayed; now otherwise.

    Returns:
        How many conflicts are new or have new evidence.
    """
    ids = sorted(set(cases))
    if not ids:
        return 0
    moment = at or clock.now()
    params = {
        "cases": ids, "experts": None if experts is None else sorted(set(experts)), "at": moment,
        "on": clock.day_of(moment),
    }  # fmt: skip
    params |= _heads(ids)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_sql(), params)
            concerned = [pk for (pk,) in cursor.fetchall()]
        counting.recount(concerned)
    return len(concerned)


def cases_to_watch() -> list[int]:
    """The submitted cases that still go before a panel, or are before one."""
    open_states = Q(pk__lt=0)
    for programme in registry().values():
        if "declare_conflict" in programme.steps:
            states = [str(s) for s in programme.states if not s.outcome]
            open_states |= Q(programme=programme.slug, state__in=states)
    found = Application.objects.filter(open_states, number__isnull=False)
    return list(found.order_by("pk").values_list("pk", flat=True))


def find_for_experts(experts: Collection[int], *, at: datetime | None = None) -> int:
    """As `find_conflicts`, for experts whose posts or relations have changed, on every case that is not over."""
    return find_conflicts(cases_to_watch(), experts, at=at) if experts else 0


def _heads(cases: list[int]) -> dict[str, list[Any]]:
    """Who stands for the applicants of these cases, by the blind index under which relatives are kept: their legal
    representatives, whoever acts as owner, the founder whose share an application states, and whoever presents it.
    Nothing where no expert has declared a relative."""
    found: set[tuple[int, str, str]] = set()
    if ExpertRelation.objects.exclude(relative_index=b"").exists():
        applicants = Application.objects.filter(pk__in=cases).order_by().values("applicant").distinct()
        firms = Organisation.objects.filter(pk__in=applicants).exclude(legal_representative="")
        found |= {(pk, name, "legal") for pk, name in firms.values_list("pk", "legal_representative")}
        owners = Membership.objects.in_force().filter(organisation__in=applicants, role=Role.OWNER)
        found |= {(pk, name, "owner") for pk, name in owners.values_list("organisation", "user__name")}
        found |= _named(cases)
    rows = sorted((pk, post, blind_index(name)) for pk, name, post in found)
    return {
        "heads": [pk for pk, _, index in rows if index],
        "head_names": [index for _, _, index in rows if index],
        "head_posts": [post for _, post, index in rows if index],
    }


def _named(cases: list[int]) -> set[tuple[int, str, str]]:
    """(applicant, name, what they are) of people whom applications, or places in a session, name."""
    answers = [f"answers__{field}" for field in NAMED]
    rows = Application.objects.filter(pk__in=cases).values_list("applicant", *answers)
    found = {
        (applicant, name, what)
        for applicant, *names in rows
        for name, what in zip(names, NAMED.values(), strict=True)
        if isinstance(name, str) and name.strip()
    }
    items = SessionItem.objects.filter(application__in=cases, removed_at=None).exclude(presenter="")
    presenting = items.values_list("application__applicant", "presenter")
    return found | {(applicant, name, "presenter") for applicant, name in presenting}


def _sql() -> str:
    rows = "\nUNION ALL\n".join(_rows(rule) for rule in FOUND_BY)
    return _STATEMENT.format(sets=SETS, rules=rows)


def _rows(rule: RecusalRule) -> str:
    since = f"(%(on)s::date - interval '{rule.years or 0} years')"
    rows = rule.ties.format(since=since)
    return f"SELECT expert_id, application_id, '{rule.code}' AS rule, tie FROM ({rows}) {rule.code}"  # noqa: S608
