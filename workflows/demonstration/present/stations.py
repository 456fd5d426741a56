"""The stations of the round that runs now: at each of them something waits for somebody."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from accounts.models import Organisation
from workflows import objections
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.firms import FIRST_CODE
from workflows.demonstration.office import BatchTimes
from workflows.demonstration.present.world import Present
from workflows.demonstration.replay import act
from workflows.models import NoticeLine, Person

ASKED_FOR: tuple[dict[str, Any], ...] = (
    {"kind": "paper", "target": "pay_summary", "words": "薪酬汇总表缺少盖章页，请重新上传。"},
    {"kind": "field", "target": "bank_name", "words": "开户银行请写到支行。"},
)
DIFFERS = "申报税额与税务记录不符，请核对后按完税证明更正。"


def drafts(present: Present) -> None:
    """A draft half filled in, one that lacks the declaration, an empty one, one that is ready."""
    first = Organisation.objects.get(credit_code=FIRST_CODE)
    own = present.claim(
        2, 6, employer=(first, present.cast.people["agent"]), without_sections=frozenset({"account"}),
        without_papers=frozenset({"declaration_of_truth", "payment_letter"}), declared=False,
    )  # fmt: skip
    own.people[-1] = _with_an_error(own.people[-1])
    present.claim(4, 5, declared=False)
    nothing = present.claim(3, 1, declared=False)
    nothing.answers, nothing.people = {}, []
    nothing.without_papers = frozenset(
        paper.slug for paper in present.round.declaration.papers_in(present.round.policy)
    )
    present.claim(1, 4)


def intake(present: Present) -> None:
    """Waiting for acceptance, for correction, refused, withdrawn."""
    waiting = [present.walk(1, day)[0] for day in (4, 3, 2, 1, 1)]
    present.replay.step(present.ago(1, 16, 30), "claim", ids(waiting[0]), present.cast.clerk)
    asked = [present.claim(7, 4, employer=present.sisters[0]), present.claim(8)]
    present.follow(asked, 5)
    for claim in asked:
        present.replay.on(present.ago(2, 15, 10), partial(_ask, present, claim, ASKED_FOR))
    refused, gone = present.walk(1, 9)[0], present.walk(1, 6)[0]
    present.replay.step(
        present.ago(7, 11, 5), "refuse", ids(refused), present.cast.second_clerk,
        reason="申报主体为分支机构，请由总部申报。",
    )  # fmt: skip
    present.replay.step(
        present.ago(5, 9, 30), "withdraw", ids(gone), gone.by, reason="名单有遗漏，重新申报。"
    )


def checks(present: Present) -> None:
    """Preliminary check (one overdue), joint verification with holds, and waiting to be consolidated."""
    present.walk(3, 9, accept=7)
    present.walk(1, 15, accept=12)
    twice = [present.claim(19) for _ in range(2)]
    twice[1].people.append(dict(twice[0].people[0]))
    present.follow(twice, 18, accept=16, examine=9, compare=6)
    differing = present.walk(2, 17, accept=15, examine=8)
    present.replay.on(present.ago(5, 14), lambda now: _compare_one(present, now, differing))
    present.replay.on(present.ago(3, 10), lambda now: _ask_about(present, now, differing[1]))
    present.walk(2, 14, accept=12, examine=4)
    present.walk(3, 24, accept=22, examine=15, compare=9, verify=3)
    nobody = present.claim(24, 3)
    nobody.people = [present.person("R04") for _ in range(3)]
    present.follow([nobody], 23, accept=21, examine=14, compare=9, verify=2)


def _compare_one(present: Present, now: datetime, claims: list[Claim]) -> None:
    firsts = [_granted(claim) for claim in claims]
    other = {person.pk: (person.tax_fen or 0) - 12_345_00 for person in firsts}
    present.office.compare(now, ids(*claims)(), other)


def _ask_about(present: Present, now: datetime, claim: Claim) -> None:
    who = Person.objects.get(application=claim.id, rule="H02")
    _ask(present, claim, ({"kind": "person", "person": who.pk, "words": DIFFERS},), now)


def _ask(present: Present, claim: Claim, points: tuple[dict[str, Any], ...], now: datetime) -> None:
    act("ask_correction", [claim.id], present.cast.clerk, now, data={"points": list(points)})


def ready(present: Present, count: int, consolidated: int, *, extra: tuple[Claim, ...] = ()) -> list[Claim]:
    """Cases that were verified in time to be consolidated so many days ago."""
    made = [*extra, *(present.claim(consolidated + 23) for _ in range(count))]
    base = consolidated
    present.follow(made, base + 22, accept=base + 20, examine=base + 13, compare=base + 8, verify=base + 2)
    return made


def batch(present: Present, claims: list[Claim], *days: int) -> None:
    """A batch of `claims`: consolidated, handed in, verified, approved, released so many days ago."""
    times = [present.ago(day, 9 + 2 * n, 30) for n, day in enumerate(days)]
    present.replay.on(
        times[0] - timedelta(minutes=1), lambda _: present.office.batch(ids(*claims)(), BatchTimes(*times))
    )


def approvals(present: Present) -> None:
    """Batches being prepared, verified, approved, waiting for release, and on public notice."""
    batch(present, ready(present, 2, 1), 1)
    batch(present, ready(present, 2, 3), 3, 2)
    batch(present, ready(present, 3, 4), 4, 4, 2)
    batch(present, ready(present, 2, 5), 5, 5, 3, 1)
    noticed = ready(present, 3, 6)
    batch(present, noticed, 6, 6, 4, 3, 2)
    present.replay.on(present.ago(1, 15, 45), partial(_object, noticed[0]))


def _object(claim: Claim, now: datetime) -> None:
    objections.object_to(
        NoticeLine.objects.filter(application=claim.id).order_by("position")[0], name="周示例",
        contact="13800009999", statement="据了解此人去年已离开该单位，请予核实。",
        key=f"demo:objection:{claim.id}", at=now,
    )  # fmt: skip


def money(present: Present) -> None:
    """Closed, waiting for the onward receipt, with the bank, and waiting for the next list."""
    paid = ready(present, 2, 26, extra=(present.claim(49, 4, employer=present.sisters[1]),))
    batch(present, paid, 26, 26, 25, 24, 23)
    _end_notice(present, 23)
    present.office.pay(present.ago(15, 10), present.ago(12, 14, 20))
    listed = ready(present, 2, 16)
    batch(present, listed, 16, 16, 15, 14, 13)
    _end_notice(present, 13)
    present.office.pay(present.ago(3, 10), None)
    waiting = ready(present, 2, 10)
    batch(present, waiting, 10, 10, 9, 8, 7)
    _end_notice(present, 7)
    present.replay.on(present.ago(6, 14, 5), lambda now: _confirm(present, now, paid[-1]))


def _end_notice(present: Present, released: int) -> None:
    present.office.end_notices(present.ago(released - 6, 0, 5))


def _confirm(present: Present, now: datetime, claim: Claim) -> None:
    cases.replace_paper(claim, "onward_receipt", now, present.press)
    act("confirm_onward", [claim.id], claim.by, now)


def _granted(claim: Claim) -> Person:
    return Person.objects.filter(application=claim.id, result="granted").order_by("position")[0]


def _with_an_error(facts: dict[str, Any]) -> dict[str, Any]:
    """The row with a pay that cannot be read, as an upload would have kept it."""
    words = {"en": "Write the amount in yuan, in digits", "zh": "请以元为单位填写数字，不用“万”"}
    return {
        **facts, "pay_fen": None, "raw": '{"pay_fen": "五十万"}',
        "problems": [{"column": "pay_fen", "code": "not_a_number", **words}],
    }  # fmt: skip
