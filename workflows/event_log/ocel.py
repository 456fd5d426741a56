"""OCEL 2.0 as JSON: events, the objects they are about, and how both hang together."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from workflows.event_log.rows import (
    EventRow,
    Scope,
    Who,
    activities,
    columns_of,
    events,
    instant,
    pseudonym,
    recorded,
    role_of,
    streamed,
)

# Attributes of objects do not change over time here; the standard dates such values at the beginning of time.
ALWAYS = "1970-01-01T00:00:00.000000+00:00"
TEXTS = frozenset({"policy"})
_IN_SCOPE = "(%(programme)s = '' OR r.programme = %(programme)s) AND (%(year)s = 0 OR r.year = %(year)s)"
# Type → statement, names of the attributes that follow the id, and its relations as (column, type, qualifier).
OBJECTS: dict[str, tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "round": (
        f"SELECT r.id, r.programme, r.policy, r.year FROM workflows_round r WHERE {_IN_SCOPE} ORDER BY r.id",
        ("programme", "policy", "year"),
        (),
    ),
    "batch": (
        f"""SELECT b.id, b.number, b.round_id FROM workflows_batch b JOIN workflows_round r ON r.id = b.round_id
             WHERE {_IN_SCOPE} ORDER BY b.id""",
        ("number",),
        (("round", "of"),),
    ),
    "notice": (
        f"""SELECT n.id, n.starts_on::text, n.ends_on::text, n.sha256, n.batch_id FROM workflows_notice n
              JOIN workflows_batch b ON b.id = n.batch_id JOIN workflows_round r ON r.id = b.round_id
             WHERE {_IN_SCOPE} ORDER BY n.id""",
        ("starts_on", "ends_on", "sha256"),
        (("batch", "of"),),
    ),
    "payment_list": (
        f"""SELECT l.id, l.number, l.round_id FROM workflows_paymentlist l JOIN workflows_round r ON r.id = l.round_id
             WHERE {_IN_SCOPE} ORDER BY l.id""",
        ("number",),
        (("round", "of"),),
    ),
    "application": (
        f"""SELECT a.id, a.number, a.programme, a.policy, a.year, a.industry, a.district, a.round_id, a.applicant_id,
                   a.batch_id FROM workflows_application a JOIN workflows_round r ON r.id = a.round_id
             WHERE a.seq > 0 AND {_IN_SCOPE} ORDER BY a.id""",
        ("number", "programme", "policy", "year", "industry", "district"),
        (("round", "of"), ("applicant", "by"), ("batch", "in")),
    ),
}  # fmt: skip
_FIRMS = f"""SELECT DISTINCT o.id, o.name FROM workflows_application a
    JOIN accounts_organisation o ON o.id = a.applicant_id JOIN workflows_round r ON r.id = a.round_id
   WHERE a.seq > 0 AND {_IN_SCOPE} ORDER BY o.id"""
_PEOPLE = f"""SELECT DISTINCT (named.person)::bigint, e.application_id FROM workflows_event e
    JOIN workflows_application a ON a.id = e.application_id JOIN workflows_round r ON r.id = a.round_id
    CROSS JOIN LATERAL (SELECT jsonb_path_query(e.data, '$.person ? (@ > 0)') AS person
        UNION SELECT jsonb_path_query(e.data, '$.points[*].person ? (@ > 0)')) named
   WHERE {_IN_SCOPE} ORDER BY 1"""


def write(out: TextIO, scope: Scope) -> Counter[str]:
    """Write the log of `scope`; returns how many events, activities and objects of each type it holds."""
    counted: Counter[str] = Counter()
    named = activities(scope)
    counted["activities"] = len({step for _, step in named})
    out.write('{"objectTypes":')
    out.write(_compact(_object_types()))
    out.write(',"eventTypes":')
    out.write(_compact(_event_types(named)))
    out.write(',"objects":')
    _list(out, _objects(scope, counted))
    out.write(',"events":')
    _list(out, _events(scope, counted))
    out.write("}\n")
    return counted


def _list(out: TextIO, rows: Iterable[dict[str, Any]]) -> None:
    mark = "["
    for row in rows:
        out.write(f"{mark}\n{_compact(row)}")
        mark = ","
    out.write("]" if mark == "," else "[]")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _attribute(name: str) -> dict[str, str]:
    numeric = name == "year" or (name.startswith("rows_") or name.endswith("_fen"))
    return {"name": name, "type": "integer" if numeric else "string"}


def _object_types() -> list[dict[str, Any]]:
    types = [
        {"name": kind, "attributes": [_attribute(name) for name in names]}
        for kind, (_, names, _) in OBJECTS.items()
    ]
    return [
        *types,
        {"name": "applicant", "attributes": [_attribute("name")]},
        {"name": "person", "attributes": []},
    ]


def _event_types(named: list[tuple[str, str]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, None]] = {}
    for programme, step in named:
        columns = found.setdefault(
            step, dict.fromkeys(("source", "target", "actor", "for", "role", "programme"))
        )
        columns |= dict.fromkeys(columns_of(programme, step))
    return [{"name": step, "attributes": [_attribute(n) for n in names]} for step, names in found.items()]


def _objects(scope: Scope, counted: Counter[str]) -> Iterator[dict[str, Any]]:
    who = Who(scope)
    for kind, (sql, names, relations) in OBJECTS.items():
        for pk, *values in streamed(sql, scope.params):
            counted[kind] += 1
            yield {
                "id": f"{kind}-{pk}",
                "type": kind,
                "attributes": [
                    {"name": name, "time": ALWAYS, "value": value}
                    for name, value in zip(names, values, strict=False)
                    if value not in (None, "")
                ],
                "relationships": [
                    {"objectId": _id(other, other_pk), "qualifier": qualifier}
                    for (other, qualifier), other_pk in zip(relations, values[len(names) :], strict=True)
                    if other_pk
                ],
            }
    for pk, name in streamed(_FIRMS, scope.params):
        counted["applicant"] += 1
        attributes = [{"name": "name", "time": ALWAYS, "value": who.firm(pk, name)}]
        yield {"id": _id("applicant", pk), "type": "applicant", "attributes": attributes, "relationships": []}
    for pk, application in streamed(_PEOPLE, scope.params):
        counted["person"] += 1
        case = [{"objectId": f"application-{application}", "qualifier": "on the roster of"}]
        yield {"id": _id("person", pk), "type": "person", "attributes": [], "relationships": case}


def _id(kind: str, pk: int) -> str:
    """Firms and people are objects whose very number is nobody's business."""
    return pseudonym(kind, pk) if kind in ("applicant", "person") else f"{kind}-{pk}"


def _events(scope: Scope, counted: Counter[str]) -> Iterator[dict[str, Any]]:
    who = Who(scope)
    for row in events(scope, by_case=False):
        counted["events"] += 1
        values = {
            "source": row.source,
            "target": row.target,
            "actor": who.actor(row.actor),
            "for": who.behalf(row),
            "role": role_of(row),
            "programme": row.programme,
            **recorded(row),
        }
        yield {
            "id": f"event-{row.id}",
            "type": row.step,
            "time": instant(row.at),
            "attributes": [{"name": n, "value": v} for n, v in values.items() if v not in (None, "")],
            "relationships": [{"objectId": o, "qualifier": q} for o, q in _about(row)],
        }


def _about(row: EventRow) -> Iterator[tuple[str, str]]:
    """The objects of an event, each with how the event touches it."""
    yield f"application-{row.application}", "moves" if row.source != row.target else "touches"
    yield f"round-{row.round}", "in"
    yield _id("applicant", row.applicant), "concerns"
    for kind in ("batch", "notice", "payment_list"):
        if pk := getattr(row, kind):
            yield f"{kind}-{pk}", "through"
    for person in dict.fromkeys(row.people):
        yield _id("person", person), "about"
