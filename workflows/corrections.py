"""Correction 补正: every point is named at once, only what is named unlocks, old and new stand side by side."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.errors import Refusal
from config.words import T
from storage.models import DocumentState
from workflows.engine.facts import recount_people
from workflows.engine.perform import Move
from workflows.models import Application, ApplicationPaper, CorrectionPoint, Person
from workflows.rosters import redecide

ANSWER_LONGEST = 500
Kind = CorrectionPoint.Kind


class NoPoints(Refusal):
    code = "no_points"
    status = 422
    words = T(en="Name at least one thing to correct.", zh="请至少写明一项需要补正的内容。")


class WordsMissing(Refusal):
    code = "point_without_words"
    status = 422
    words = T(en="Say of each point what is wrong and what to do.", zh="每一项都要写明哪里有误、怎样改正。")


def open_points(move: Move) -> None:
    """Effect of asking: one point per entry of `points` in data, with what stands there now, sealed.

    An entry is `{"kind": "field"|"paper"|"person"|"roster", "target": name, "person": id, "words": text}`.
    """
    wanted: list[dict[str, Any]] = move.data.get("points") or []
    if not wanted:
        raise NoPoints
    if any(not str(entry.get("words", "")).strip() for entry in wanted):
        raise WordsMissing
    cases = [(case, Standing(case, wanted)) for case in Application.objects.filter(pk__any=move.ids)]
    points = [
        CorrectionPoint(
            application=case,
            request_seq=case.seq + 1,
            kind=entry["kind"],
            target=entry.get("target", ""),
            person_id=entry.get("person"),
            words=entry["words"].strip(),
            before=standing.at(entry),
            asked_by=move.actor,
            asked_at=move.at,
        )
        for case, standing in cases
        for entry in wanted
    ]
    CorrectionPoint.objects.bulk_create(points)
    Application.objects.filter(pk__any=move.ids).update(points_open=len(wanted))


class Standing:
    """What stands now at the places of some points of one case: two queries however many points there are."""

    def __init__(self, case: Application, entries: Iterable[Mapping[str, Any]]) -> None:
        places = [(entry["kind"], entry.get("target", ""), entry.get("person")) for entry in entries]
        self._case = case
        self._answers = {**case.answers, **json.loads(case.sealed_answers or "{}")}
        self._files = _files(case, {target for kind, target, _ in places if kind == Kind.PAPER})
        people = {person for kind, _, person in places if kind == Kind.PERSON and person}
        self._people = Person.objects.filter(application=case).in_bulk(people) if people else {}

    def at(self, entry: Mapping[str, Any]) -> str:
        """As JSON text (whoever keeps it seals it)."""
        kind, target = entry["kind"], entry.get("target", "")
        if kind == Kind.FIELD:
            return json.dumps(self._answers.get(target, ""), ensure_ascii=False)
        if kind == Kind.PAPER:
            return json.dumps(self._files.get(target, []), ensure_ascii=False)
        if kind == Kind.PERSON:
            person = self._people.get(entry.get("person") or 0)
            return json.dumps(person_facts(person) if person else {}, ensure_ascii=False)
        return json.dumps({"rows": self._case.rows_total})


def place(point: CorrectionPoint) -> dict[str, Any]:
    """The place that a point is about, as an entry."""
    return {"kind": point.kind, "target": point.target, "person": point.person_id}


def _files(case: Application, papers: Collection[str]) -> dict[str, list[list[str]]]:
    """Paper → name and SHA-256 of each of its files."""
    found: dict[str, list[list[str]]] = {}
    if papers:
        for kept in (
            ApplicationPaper.objects.filter(application=case, paper__in=papers, removed_at=None)
            .exclude(document__state=DocumentState.REFUSED)
            .select_related("document")
            .order_by("pk")
        ):
            found.setdefault(kept.paper, []).append([kept.document.filename, kept.document.sha256])
    return found


FACTS = ("name", "id_kind", "id_number", "post_kind", "post_level", "hired_on", "still_employed", "pay_fen", "tax_fen",
         "first_claimed_year", "shares", "other_award")  # fmt: skip


def person_facts(person: Person) -> dict[str, str]:
    """The declared facts of a person as text, for comparing old and new."""
    return {name: "" if (value := getattr(person, name)) is None else str(value) for name in FACTS}


def answer_point(point: CorrectionPoint, *, answer: str) -> None:
    """Mark a point as corrected, with what the applicant says of it; the case counts what is left."""
    with transaction.atomic():
        case = Application.objects.select_for_update().get(pk=point.application_id)
        CorrectionPoint.objects.filter(pk=point.pk, closed_at=None).update(
            answer=answer.strip(), answered_at=timezone.now()
        )
        recount_points(case.pk)


def answer_points(case: Application, answers: Mapping[int, str]) -> None:
    """Keep what the applicant says of its open points (id → text); an empty text takes an answer back."""
    with transaction.atomic():
        locked = Application.objects.select_for_update().get(pk=case.pk)
        for point in CorrectionPoint.objects.filter(application=locked, closed_at=None, pk__in=answers):
            point.answer = answers[point.pk].strip()[:ANSWER_LONGEST]
            point.save(update_fields=["answer"])
        recheck_points(locked)


def recheck_points(case: Application, *, roster_changed: bool = False) -> None:
    """Bring the open points of a locked case up to date: one is answered by a change or by words.

    `roster_changed` answers the points about the whole roster; those about one person answer by their facts.
    """
    points = list(CorrectionPoint.objects.filter(application=case, closed_at=None))
    standing = Standing(case, map(place, points))
    for point in points:
        done = bool(point.answer) or _is_changed(standing, point, roster_changed=roster_changed)
        if done != (point.answered_at is not None):
            point.answered_at = timezone.now() if done else None
            point.save(update_fields=["answered_at"])
    recount_points(case.pk)


def _is_changed(standing: Standing, point: CorrectionPoint, *, roster_changed: bool) -> bool:
    if point.kind == Kind.ROSTER:
        return roster_changed or point.answered_at is not None
    return bool(json.loads(point.before or '""') != json.loads(standing.at(place(point))))


def recount_points(case: int) -> None:
    """Bring the count of unanswered points up to date."""
    left = CorrectionPoint.objects.filter(application=case, closed_at=None, answered_at=None).count()
    Application.objects.filter(pk=case).update(points_open=left)


def close_points(move: Move) -> None:
    """Effect of resubmitting: the points are closed, everything locks again, the table is applied anew."""
    points = CorrectionPoint.objects.filter(application__any=move.ids, closed_at=None)
    move.found["points"] = [
        {"kind": p.kind, "target": p.target, "person": p.person_id, "answer": p.answer}
        for p in points.order_by("pk")
    ]
    points.update(closed_at=move.at)
    recount_people(move.ids)
    redecide(move.ids)
