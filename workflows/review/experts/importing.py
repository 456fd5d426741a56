"""A list of experts against the database: what it would add and change is shown first, then done, set-based."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Organisation, User
from accounts.sealing import blind_index
from config.errors import Refusal
from config.words import T
from forms.errors import CellProblem
from storage.models import Document
from workflows.engine import clock
from workflows.models import Competence, Expert, ExpertChange, ExpertField, ExpertPost, ExpertTitle
from workflows.review.experts.entering import next_codes
from workflows.review.experts.excel import ROSTER, Said
from workflows.review.recusal.finding import find_for_experts

PLAIN = ("name", "phone", "id_number", "in_field_since", "languages", "load_limit", "about")
SEALED = frozenset({"phone", "id_number"})


class ListWrong(Refusal):
    code = "experts_list_wrong"
    status = 409
    words = T(
        en="The list has {count} cells that cannot be taken; nothing was changed. The page names each.",
        zh="名单中有 {count} 处无法采用，未作任何改动。问题已在页面逐项列出。",
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What the list says otherwise of one file: (label, as it is, as it would be)."""

    said: Said
    expert: Expert
    differs: list[tuple[T, Any, Any]]


@dataclass(frozen=True, slots=True)
class Check:
    """What a list would do; nothing is done by looking."""

    added: list[Said] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def does_nothing(self) -> bool:
        return not (self.added or self.changed)


def purpose_of(office: Organisation) -> str:
    """By which the lists of one database are known among the documents."""
    return f"experts:{office.pk}"


def uploads_of(office: Organisation) -> QuerySet[Document]:
    """The lists that were uploaded for a database, newest first."""
    return Document.objects.filter(purpose=purpose_of(office)).order_by("-created_at")


def check(office: Organisation, said: Sequence[Said], problems: Iterable[CellProblem] = ()) -> Check:
    """How the rows differ from the database; a handful of statements, whatever their number."""
    wrong, added, changed, same = list(problems), [], [], 0
    emails = [one.email for one in said]
    known = {
        expert.email.lower(): expert
        for expert in Expert.objects.filter(email__in={*emails, *(str(o.values["email"]) for o in said)})
        .select_related("user")
        .prefetch_related("competences__field", "titles", "posts")
    }
    numbers = _numbers(said)
    for one in said:
        expert = known.get(one.email)
        if expert is not None and expert.office_id != office.pk:
            wrong.append(_wrong(one, "email", ELSEWHERE))
            continue
        index = blind_index(str(one.values.get("id_number", "")))
        if index and numbers.get(index, one.email) != one.email:
            wrong.append(_wrong(one, "id_number", ANOTHERS))
            continue
        if expert is None:
            added.append(one)
        elif differs := _differences(expert, one):
            changed.append(Change(one, expert, differs))
        else:
            same += 1
    return Check(added, changed, same, wrong)


ELSEWHERE = T("This address belongs to an expert of another office", "该邮箱属于其他单位专家库的专家")
ANOTHERS = T("This number belongs to another file", "该证件号码属于另一份档案")


def _wrong(one: Said, column: str, words: T) -> CellProblem:
    asked = ROSTER.by_name[column]
    return CellProblem(
        row=one.row, column=column, label=asked.label, value=str(one.values.get(column, "")), code="taken",
        words=words, sealed=asked.kind.sealed,
    )  # fmt: skip


def _numbers(said: Sequence[Said]) -> dict[bytes, str]:
    """Blind index of an ID number → the address of the file that has it."""
    indexes = {blind_index(str(one.values["id_number"])) for one in said if "id_number" in one.values}
    rows = Expert.objects.filter(id_index__in=indexes).values_list("id_index", "email") if indexes else ()
    return {bytes(index): email.lower() for index, email in rows}


def _differences(expert: Expert, one: Said) -> list[tuple[T, Any, Any]]:
    found: list[tuple[T, Any, Any]] = []
    for name in PLAIN:
        if name in one.values and getattr(expert, name) != one.values[name]:
            old, new = getattr(expert, name), one.values[name]
            hidden = ("＊＊＊＊" if old else "", "＊＊＊＊") if name in SEALED else (_plain(old), _plain(new))
            found.append((ROSTER.by_name[name].label, *hidden))
    before = {row.field.code: row.strength for row in expert.competences.all()}
    if one.strengths and {**before, **one.strengths} != before:
        found.append((ROSTER.by_name["fields"].label, _spoken(before), _spoken({**before, **one.strengths})))
    if "title" in one.values and not any(row.name == one.values["title"] for row in expert.titles.all()):
        found.append((ROSTER.by_name["title"].label, "", one.values["title"]))
    if "organisation" in one.values and not any(_is_post(row, one) for row in expert.posts.all()):
        found.append((ROSTER.by_name["organisation"].label, "", one.values["organisation"]))
    return found


def _is_post(post: ExpertPost, one: Said) -> bool:
    return post.organisation == one.values["organisation"] and post.until_on is None


def _plain(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _spoken(strengths: dict[str, int]) -> str:
    return ", ".join(f"{code}:{strength}" for code, strength in sorted(strengths.items()))


@transaction.atomic
def apply(office: Organisation, said: Sequence[Said], problems: Sequence[CellProblem], *, by: User) -> Check:
    """Do what `check` shows now: new files wait for approval, titles and posts for confirmation. Nothing is lost.

    Raises:
        ListWrong: a cell cannot be taken; nothing was changed.
    """
    next_codes(0)
    found = check(office, said, problems)
    if found.problems:
        raise ListWrong(count=len(found.problems))
    made = _add(office, found.added, by)
    rows = [*zip(made, found.added, strict=True), *((change.expert, change.said) for change in found.changed)]
    _change(found.changed)
    _know(rows)
    _hang_on(rows)
    now = clock.now()
    ExpertChange.objects.bulk_create(
        [ExpertChange(expert=expert, what="enter", by=by, at=now, data={"list": True}) for expert in made]
        + [
            ExpertChange(
                expert=change.expert, what="import", by=by, at=now,
                data={label.en: [old, new] for label, old, new in change.differs},
            )
            for change in found.changed
        ]
    )  # fmt: skip
    find_for_experts([expert.pk for expert, _said in rows])
    return found


def _add(office: Organisation, added: Sequence[Said], by: User) -> list[Expert]:
    now = clock.now()
    return Expert.objects.bulk_create(
        [
            Expert(
                code=code, office=office, email=one.email, entered_by=by, applied_at=now, changed_at=now,
                id_index=blind_index(str(one.values.get("id_number", ""))),
                **{name: one.values[name] for name in PLAIN if name in one.values},
            )
            for code, one in zip(next_codes(len(added)), added, strict=True)
        ]
    )  # fmt: skip


def _change(changed: Sequence[Change]) -> None:
    now = clock.now()
    for change in changed:
        for name in PLAIN:
            if name in change.said.values:
                setattr(change.expert, name, change.said.values[name])
        change.expert.id_index, change.expert.changed_at = blind_index(change.expert.id_number), now
    Expert.objects.bulk_update(
        [change.expert for change in changed], [*PLAIN, "id_index", "changed_at"], batch_size=500
    )


def _know(rows: Sequence[tuple[Expert, Said]]) -> None:
    fields = {one.code: one for one in ExpertField.objects.all()}
    Competence.objects.bulk_create(
        [
            Competence(expert=expert, field=fields[code], strength=strength)
            for expert, one in rows
            for code, strength in one.strengths.items()
        ],
        update_conflicts=True, unique_fields=["expert", "field"], update_fields=["strength"],
    )  # fmt: skip


def _hang_on(rows: Sequence[tuple[Expert, Said]]) -> None:
    """Titles and posts that the files do not have yet."""
    experts = [expert.pk for expert, _ in rows]
    titles = set(ExpertTitle.objects.filter(expert__in=experts).values_list("expert", "name"))
    posts = set(
        ExpertPost.objects.filter(expert__in=experts, until_on=None).values_list("expert", "organisation")
    )
    ExpertTitle.objects.bulk_create(
        [
            ExpertTitle(
                expert=expert, name=one.values["title"], level=one.values["level"],
                awarded_on=_day(one.values.get("awarded_on")), valid_until=_day(one.values.get("valid_until")),
            )
            for expert, one in rows
            if "title" in one.values and (expert.pk, one.values["title"]) not in titles
        ]
    )  # fmt: skip
    ExpertPost.objects.bulk_create(
        [
            ExpertPost(
                expert=expert,
                organisation=one.values["organisation"],
                credit_code=one.values.get("credit_code", ""),
            )
            for expert, one in rows
            if "organisation" in one.values and (expert.pk, one.values["organisation"]) not in posts
        ]
    )


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None
