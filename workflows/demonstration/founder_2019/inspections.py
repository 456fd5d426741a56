"""A tour of the demonstration: planned, carried out on the spot, reported, signed by both inspectors and the firm."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from random import Random
from uuid import UUID

from storage.kinds import PNG
from storage.uploads import deposit
from workflows.demonstration.cases import Claim
from workflows.demonstration.days import at
from workflows.demonstration.founder_2019.plan import Course
from workflows.demonstration.office import Office
from workflows.demonstration.pictures import picture
from workflows.demonstration.replay import Replay
from workflows.models import Round, Visit, VisitPhoto
from workflows.review.counting import leaves
from workflows.review.inspections import tours, visiting
from workflows.review.inspections.sheet import sha256_of
from workflows.review.inspections.visiting import PURPOSE, Signature

HOURS = (time(9, 30), time(11, 0), time(14, 30))
FAILING = {"veto": "现场无人办公，未实际经营。", "score": "合同、发票抽查多处不一致，研发投入缺少凭证。"}
FOUND = "场地、设备、人员与申报材料一致，抽查合同、发票、回款 10 笔均可对应。"
# Somewhere in the city, a little apart for each firm.
LATITUDE, LONGITUDE = Decimal("24.479800"), Decimal("118.089400")


def tour(
    replay: Replay, office: Office, planned_on: date, day: date, firms: Sequence[tuple[Course, Claim]]
) -> None:
    """Put one tour on the agenda: planned on the one day, carried out and signed on the other."""
    replay.on(at(planned_on, 15, 10), lambda now: _plan(office, day, firms, now))
    for hour, (course, claim) in zip(HOURS, firms, strict=False):
        replay.on(at(day, hour.hour, hour.minute + 5), partial(_visit, office, course, claim))


def _plan(office: Office, day: date, firms: Sequence[tuple[Course, Claim]], now: datetime) -> None:
    stops = [tours.Stop(claim.id, hour) for hour, (_, claim) in zip(HOURS, firms, strict=False)]
    cast, round_ = office.cast, Round.objects.get(pk=office.round.pk)
    tours.plan(
        round_, held_on=day, inspectors=[cast.clerk, cast.second_official], stops=stops, by=cast.second_clerk,
        key=f"demo:tour:{day}", at=now,
    )  # fmt: skip


def _visit(office: Office, course: Course, claim: Claim, now: datetime) -> None:
    """Half an hour with the firm."""
    cast, key = office.cast, f"demo:visit:{claim.id}"
    visit = Visit.objects.select_related("tour", "application").get(application=claim.id)
    for n, changes in enumerate(_sheet(course, claim)):
        by = (cast.clerk, cast.second_official)[n]
        then = now + timedelta(minutes=10 * n)
        visit = visiting.note(visit, changes, by=by, key=f"{key}:{n}", noted_at=then, at=then)
    _photograph(visit, claim, office, now + timedelta(minutes=15))
    visiting.hand_in(visit, by=cast.clerk, key=f"{key}:report", at=now + timedelta(minutes=30))
    visit.refresh_from_db()
    signed = sha256_of(visit.sheet)
    given = (
        (cast.clerk, Signature(""), False),
        (cast.second_official, Signature(""), False),
        (cast.clerk, _of_the_firm(course, claim), True),
    )
    for n, (by, signature, as_firm) in enumerate(given):
        then = now + timedelta(minutes=32 + n)
        visiting.sign(
            visit,
            signature,
            by=by,
            key=f"{key}:sign:{n}",
            sha256=signed,
            as_firm=as_firm,
            signed_at=then,
            at=then,
        )


def _of_the_firm(course: Course, claim: Claim) -> Signature:
    if course.fails == "veto":
        return Signature("", refused=True, reason="企业代表不在现场。")
    return Signature(claim.by.name, "总经理")


def _sheet(course: Course, claim: Claim) -> tuple[dict[str, str], dict[str, str]]:
    """What each of the two wrote."""
    assert claim.case is not None
    rule = claim.case.declaration.inspection
    assert rule is not None
    random = Random(course.firm.ordinal)  # noqa: S311 - a demonstration, not a secret
    share = (0.55, 0.68) if course.fails == "score" else (0.78, 0.98)
    scores = {
        f"score:{one.name}": f"{int(one.points * random.uniform(*share) * 2) / 2:g}"
        for one in leaves(rule.rubric)
    }
    if course.fails == "veto":
        return {"veto:not_operating": "1"}, {"findings": FAILING["veto"]}
    told = {"present": f"{claim.by.name} 总经理", "findings": FAILING.get(course.fails, FOUND)}
    names = sorted(scores)
    return {n: scores[n] for n in names[:5]}, {**{n: scores[n] for n in names[5:]}, **told}


def _photograph(visit: Visit, claim: Claim, office: Office, then: datetime) -> None:
    ordinal = claim.id
    document = deposit(
        user=office.cast.clerk, organisation=office.cast.association, filename=f"现场{visit.position}.png",
        content_type=PNG, data=picture(ordinal), purpose=PURPOSE.format(visit=visit.pk),
    )  # fmt: skip
    VisitPhoto.objects.create(
        visit=visit, key=str(UUID(sha256(f"photo{ordinal}".encode()).hexdigest()[:32])), document=document,
        taken_at=then, latitude=LATITUDE + Decimal(ordinal % 90) / 1000,
        longitude=LONGITUDE + Decimal(ordinal % 70) / 1000, accuracy_m=8 + ordinal % 20,
        added_by=office.cast.clerk, added_at=then,
    )  # fmt: skip
