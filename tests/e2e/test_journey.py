"""The whole way, from a person who has no account to the receipt that closes the case."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from tests.e2e import authority, employer, office
from tests.e2e.acts import answer, go, number_in, press, sees
from tests.e2e.files import Somebody, resident_id
from tests.e2e.page_checks import Findings
from tests.e2e.site import Site, until
from workflows.demonstration.identities import made_up_credit_code

pytestmark = pytest.mark.e2e

# What people type and the database keeps sealed, or not at all.
TYPED = {"总监级", "六万", "周示例", "匿名", "林小鹭", "此人已离职。", "示例银行", "示例银行厦门示例支行"}
EVENTS = [
    "submit", "claim", "accept", "ask_correction", "resubmit", "examine", "compare", "release_hold", "verify",
    "consolidate", "approve", "release_notice", "receive_objection", "reveal", "decide_objection", "end_notice",
    "reveal", "record_payment", "reveal", "record_payment", "pay", "confirm_onward",
]  # fmt: skip


@dataclass(frozen=True)
class Round:
    """A call of its own, so that nobody else's cases mix with this way."""

    pk: int
    year: int
    language: str


@pytest.fixture(params=[("zh-hans", 2020, "2019"), ("en", 2022, "2021")], ids=["zh", "en"])
def call(request: Any, site: Site) -> Round:
    language, year, policy = request.param
    pk = site.open_call(year, policy)
    return Round(pk, year, language)


def people_of(call: Round) -> list[Somebody]:
    """Four people: one plain, one who differs from the tax record, one objected to, one who is paid too little."""
    names = ("王嘉禾", "李若溪", "陈望舒", "赵清源")
    four = [Somebody(name, resident_id(call.year % 100 * 7 + n)) for n, name in enumerate(names)]
    return [four[0], four[1], four[2], four[3].but(pay=200_000)]


def test_whole_way(visit, site, call, words, proven):
    name = f"厦门示例远航软件{call.year}有限公司"
    people = people_of(call)
    boss = visit(None, call.language, 390)
    clerk, first, second, cashier = staff = [
        visit(who, call.language) for who in ("clerk", "official", "official2", "cashier")
    ]
    # What cannot be reached by a link alone is looked at on the way.
    findings = Findings(words, call.language, proven[call.language], typed=TYPED | {p.name for p in people})
    for page in (boss, *staff):
        page.findings = findings

    employer.register_person(boss, "周示例", f"boss{call.year}@example.test")
    employer.register_organisation(boss, name, made_up_credit_code(7000 + call.year))
    case = apply(boss, call, name, people)
    number = employer.submit(boss, case)
    assert number == site.value("SELECT number FROM workflows_application WHERE id = %s", case)
    looks_up_progress(visit(None, call.language, 390), number)

    is_corrected(clerk, boss, case, number, people)
    is_checked(clerk, call, case, people)
    batch = is_consolidated(clerk, call, case)
    notice = is_approved(first, second, batch)
    authority.object_to(visit(None, call.language, 390), notice, people[2].name)
    authority.dismiss_objection(first, notice, "经核查社保记录，该人员仍在岗，异议不成立。")
    passes_its_days(site, notice, case)
    is_paid(cashier, call, name, site)
    employer.confirm_onward(boss, case)

    assert site.value("SELECT state FROM workflows_application WHERE id = %s", case) == "closed"
    assert site.value("SELECT paid_fen FROM workflows_application WHERE id = %s", case) == 3 * 668_300
    events = site.sql("SELECT step FROM workflows_event WHERE application_id = %s ORDER BY seq", case)
    assert [step for (step,) in events] == EVENTS
    holds(site)
    was_told(boss, site, number)
    if faults := findings.judge():
        pytest.fail(faults, pytrace=False)


def apply(page: Any, call: Round, name: str, people: list[Somebody]) -> int:
    """From the pre-check to a draft on which nothing is missing; its id."""
    employer.check_first(page, call.pk)
    case = employer.begin(page, call.pk)
    employer.fill_in(page, case, name)

    wrong = [people[0], people[1].but(post_level="总监级"), people[2].but(tax="六万")]
    employer.upload_roster(page, case, wrong, call.language)
    assert employer.shown_difference(page) == {"added": 3, "errors": 2}
    sees(page, "总监级", "六万")
    employer.apply_roster(page)

    employer.upload_roster(page, case, people, call.language)
    assert employer.shown_difference(page) == {"added": 1, "changed": 2}
    employer.apply_roster(page)
    sees(page, people[3].name)

    employer.attach(page, case, *employer.REQUIRED)
    return case


def looks_up_progress(page: Any, number: str) -> None:
    """Anybody who has the receipt's number and the last four of the contact's document."""
    go(page, "/progress/")
    answer(page, number=number, tail="0013")
    press(page, "form:has([name=number]) button.btn")
    sees(page, number)
    assert "林小鹭" not in page.content()


def is_corrected(clerk: Any, boss: Any, case: int, number: str, people: list[Somebody]) -> None:
    """Accepted, then sent back for one field, one paper and one person; corrected, and nothing else."""
    assert office.find_case(clerk, number) == case
    office.claim(clerk, case)
    office.take_step(clerk, case, "accept")
    points = {
        "field:bank_name": "请写到支行。",
        "paper:tax_certificate": "请上传汇算清缴后的证明。",
        "person": "请按合同填写年薪。",
    }
    office.ask_for_correction(clerk, case, points, people[0].name)
    employer.correct(
        boss, case, {"bank_name": "示例银行厦门示例支行"}, "tax_certificate", {"pay_fen": "490000"}
    )
    go(clerk, f"/desk/cases/{case}/corrections/")
    sees(clerk, "示例银行厦门示例支行", "490,000.00")


def is_checked(clerk: Any, call: Round, case: int, people: list[Somebody]) -> None:
    """Examined, compared with the tax bureau's record, one difference settled, verified."""
    office.take_step(clerk, case, "examine")
    record = [(person.id_number, person.tax) for person in people]
    record[1] = (record[1][0], record[1][1] - 1_000)
    office.import_tax_record(clerk, call.pk, record, call.language)
    office.release_hold(clerk, case, people[1].name, "差额系汇算清缴退税，凭证已核。")
    office.take_step(clerk, case, "verify")


def is_consolidated(clerk: Any, call: Round, case: int) -> int:
    batch = office.open_batch(clerk, call.pk)
    office.add_to_batch(clerk, batch, case)
    office.act_on_batch(clerk, batch, "hand_in")
    return batch


def is_approved(first: Any, second: Any, batch: int) -> int:
    """Verified by one official, who cannot sign it; signed by the other, released by the first. The notice."""
    office.act_on_batch(second, batch, "verify")
    authority.cannot_approve(second, batch)
    authority.approve(first, batch)
    return authority.release_notice(second, batch)


def passes_its_days(site: Site, notice: int, case: int) -> None:
    """Five working days go by; then the worker ends the notice by itself."""
    site.sql(
        """UPDATE workflows_notice
              SET starts_on = starts_on - 30, shown_from = shown_from - interval '30 days',
                  ends_on = ends_on - 30, shown_until = shown_until - interval '30 days'
            WHERE id = %s""",
        notice,
    )
    site.sql("UPDATE workflows_application SET notice_ends_on = notice_ends_on - 30 WHERE id = %s", case)
    site.nudge("workflows.sweep_deadlines")
    until(lambda: site.state_of(case) == "cleared", what="the notice ends")


def is_paid(cashier: Any, call: Round, name: str, site: Site) -> None:
    """A list whose only line fails; a second one that is paid."""
    made = authority.make_list(cashier, call.pk)
    sees(cashier, name, "20,049.00")
    assert "1234567890123456" not in cashier.content()
    assert "1234567890123456" in authority.export(cashier, "csv").decode("utf-8-sig")
    authority.read_return(cashier, made, [authority.fails(1)], call.language)
    sees(cashier, "账号与户名不符")

    again = authority.make_list(cashier, call.pk)
    authority.export(cashier, "xlsx")
    authority.read_return(cashier, again, [authority.succeeds(1, timezone.localdate())], call.language)
    assert number_in(cashier, "/payments/#/") == again != made


def holds(site: Site) -> None:
    """What must be true after everything: whole chains, states that are the fold of their events, all delivered."""
    site.manage("verify_audit", "--json")
    gaps = (
        "SELECT application_id FROM workflows_event GROUP BY 1 HAVING max(seq) <> count(*) OR min(seq) <> 1"
    )
    assert site.sql(gaps) == []
    unfolded = """SELECT a.id FROM workflows_application a JOIN LATERAL (SELECT target, seq FROM workflows_event e
                   WHERE e.application_id = a.id ORDER BY seq DESC LIMIT 1) l ON true
                   WHERE a.state <> l.target OR a.seq <> l.seq"""
    assert site.sql(unfolded) == []
    waiting = "SELECT count(*) FROM notifications_outbox WHERE delivered_at IS NULL"
    until(lambda: site.value(waiting) == 0, within_s=60, what="the outbox is delivered")
    assert site.value("SELECT count(*) FROM notifications_outbox WHERE given_up_at IS NOT NULL") == 0


def was_told(page: Any, site: Site, number: str) -> None:
    """Every step reached the employer, on the pages and by e-mail."""
    steps = site.value(
        """SELECT count(*) FROM notifications_message m JOIN accounts_user u ON u.id = m.recipient_id
            WHERE m.subject_en LIKE %s AND u.name = '周示例'""",
        f"{number}:%",
    )
    assert steps >= 7
    go(page, "/messages/")
    sees(page, number)
    go(page, "/demo/mails/")
    sees(page, number)
