"""Points of correction as they are read: what was asked, old and new side by side, sealed numbers masked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sealing import mask
from config.templatetags.words import yuan
from workflows.corrections import Standing, place
from workflows.models import Application, CorrectionPoint, Person

Kind = CorrectionPoint.Kind
DIGEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a point is about: what stood there and what stands there now.

    `changed` is of the values themselves: two numbers may differ under the same mask.
    """

    label: str
    old: str
    new: str
    changed: bool


@dataclass(frozen=True, slots=True)
class PointLine:
    """One point with its changes."""

    point: CorrectionPoint
    title: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Request:
    """All that was asked at one time."""

    asked_at: datetime
    asked_by: User
    closed: bool
    lines: list[PointLine]


def points_of(case: Application) -> list[Request]:
    """The requests for correction, newest first."""
    points = list(
        CorrectionPoint.objects.filter(application=case)
        .select_related("asked_by", "person")
        .order_by("-request_seq", "pk")
    )
    standing = Standing(case, map(place, points))
    requests: dict[int, list[CorrectionPoint]] = {}
    for point in points:
        requests.setdefault(point.request_seq, []).append(point)
    return [
        Request(
            those[0].asked_at,
            those[0].asked_by,
            all(point.closed_at for point in those),
            [PointLine(point, title_of(case, point), _changes(case, point, standing)) for point in those],
        )
        for those in requests.values()
    ]


def title_of(case: Application, point: CorrectionPoint) -> str:
    """What a point is about, in words."""
    return title(case, {"kind": point.kind, "target": point.target}, point.person)


def title(case: Application, entry: dict[str, Any], person: Person | None) -> str:
    """What an entry of a request is about: the field, the paper, the person, or the roster."""
    kind, target = entry["kind"], entry.get("target", "")
    if kind == Kind.FIELD:
        field = case.declaration.form.by_name.get(target)
        return str(field.label) if field else target
    if kind == Kind.PAPER:
        paper = case.declaration.paper(target)
        return str(paper.title) if paper else target
    if kind == Kind.PERSON:
        return person.name if person else _("a person since removed")
    return _("The whole roster")


def _changes(case: Application, point: CorrectionPoint, standing: Standing) -> list[Change]:
    old = json.loads(point.before or "null")
    now = json.loads(standing.at(place(point)))
    if point.kind == Kind.FIELD:
        return [Change("", _answer(case, point.target, old), _answer(case, point.target, now), old != now)]
    if point.kind == Kind.PAPER:
        return [Change("", _files(old), _files(now), old != now)]
    if point.kind == Kind.PERSON:
        return _facts(case, old or {}, now or {})
    return [Change(_("Rows"), str((old or {}).get("rows", "")), str(now.get("rows", "")), old != now)]


def _answer(case: Application, name: str, typed: Any) -> str:
    field = case.declaration.form.by_name.get(name)
    text = str(typed or "")
    if field is None or not text:
        return text or pgettext("an answer", "nothing")
    if field.kind.sealed:
        return mask(text, head=field.kind.mask_head)
    return _spoken(field.kind, text)


def _spoken(kind: Any, text: str) -> str:
    value = {"True": True, "False": False}.get(text)
    try:
        return str(kind.show(kind.parse(text) if value is None else value, get_language() or "zh-hans"))
    except ValueError:
        return text


def _files(files: Sequence[Sequence[str]] | None) -> str:
    return ", ".join(f"{name} ({digest[:DIGEST_SHOWN]})" for name, digest in files or []) or pgettext(
        "an answer", "nothing"
    )


def _facts(case: Application, old: dict[str, str], now: dict[str, str]) -> list[Change]:
    """Those facts of a person that differ; the name where none does, so that something stands there."""
    roster = case.declaration.roster
    labels = {column.name: str(column.label) for column in roster.columns} if roster else {}
    changes = []
    for name in {**old, **now}:
        was, is_ = (_fact(case, name, facts.get(name, "")) for facts in (old, now))
        if old.get(name, "") != now.get(name, ""):
            changes.append(Change(labels.get(name, name), was, is_, changed=True))
    return changes or [
        Change(labels.get("name", ""), old.get("name", ""), now.get("name", ""), changed=False)
    ]


def _fact(case: Application, name: str, text: str) -> str:
    roster = case.declaration.roster
    column = roster.by_name.get(name) if roster else None
    if not text:
        return pgettext("an answer", "nothing")
    if column is not None and column.kind.sealed:
        return mask(text, head=column.kind.mask_head)
    if name.endswith("_fen"):
        return yuan(text)
    return _spoken(column.kind, text) if column is not None and hasattr(column.kind, "options") else text
