"""Software filing: the thresholds of both policy versions, to the unit; bad figures beside their field; the way."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from forms.answers import judge
from tests.workflows.conftest import events_of, fresh
from tests.workflows.review.seated import seat
from tests.workflows.software_filing import (
    ANSWERS,
    FULL,
    approved,
    before_panel,
    call_of,
    filled_in,
    many_reviewed,
    panel_of,
    reviewed,
    scored,
    take,
)
from workflows import approvals, drafts, notices
from workflows.engine.asking import why
from workflows.engine.ratios import SHORT, reached
from workflows.engine.verify import verify
from workflows.errors import Blocked
from workflows.models import Application, Notice
from workflows.objections import decide_objection, object_to
from workflows.programmes import programme
from workflows.rosters import redecide

FILING = programme("software-filing")
# The least figures that reach every condition of each version, of 1,000 people and 1,000,000 fen.
LEAST = {
    "2016": {"staff_total": 1000, "staff_degree": 400, "staff_rd": 200, "revenue_fen": 1_000_000,
             "rd_spend_fen": 60_000, "rd_domestic_fen": 36_000, "software_fen": 500_000, "own_fen": 400_000},
    "2021": {"staff_total": 1000, "staff_degree": 400, "staff_rd": 250, "revenue_fen": 1_000_000,
             "rd_spend_fen": 70_000, "rd_domestic_fen": 42_000, "software_fen": 550_000, "own_fen": 450_000},
}  # fmt: skip
EMBEDDED = {
    "2016": {"software_fen": 400_000, "own_fen": 300_000},
    "2021": {"software_fen": 450_000, "own_fen": 400_000},
}
PART_OF = {"staff_degree": "degree", "staff_rd": "rd_staff", "rd_domestic_fen": "domestic",
           "software_fen": "software", "own_fen": "own"}  # fmt: skip


PART = ", of which it is a part: correct one of the two"


PANEL = ["undertake", "submit_review"] * 3


def short(policy: str, facts: dict[str, object]) -> list[str]:
    return [one.ratio.code for one in reached(FILING, policy, facts) if not one.holds]


@pytest.mark.parametrize("policy", ["2016", "2021"])
@pytest.mark.parametrize("embedded", [False, True])
def test_each_condition_turns_at_its_threshold(policy, embedded):
    least = {**LEAST[policy], **(EMBEDDED[policy] if embedded else {}), "embedded": embedded}

    assert short(policy, least) == []
    for part, code in PART_OF.items():
        assert short(policy, {**least, part: least[part] - 1}) == [code]
    assert "rd_spend" in short(policy, {**least, "rd_spend_fen": least["rd_spend_fen"] - 1})


def test_what_falls_short_never_looks_as_if_it_did_not():
    facts = {"staff_total": 100_000, "staff_degree": 39_999}

    (degree,) = (one for one in reached(FILING, "2021", facts) if one.ratio.code == "degree")

    assert (degree.holds, str(degree.percent)) == (False, "39.99")


def test_of_nothing_nothing_is_reached():
    facts = {**LEAST["2021"], "embedded": False, "rd_spend_fen": 0, "rd_domestic_fen": 0}

    assert short("2021", facts) == ["rd_spend", "domestic"]


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({"staff_rd": "121"}, "staff_rd", "121 is more than “Staff in all” (120)" + PART),
        ({"staff_degree": "1,000"}, "staff_degree", "1,000 is more than “Staff in all” (120)" + PART),
        ({"rd_domestic_fen": "4320000.01"}, "rd_domestic_fen",
         "CNY 4,320,000.01 is more than “R&D spend” (CNY 4,320,000.00)" + PART),
        ({"software_fen": "36000001"}, "software_fen",
         "CNY 36,000,001.00 is more than “Total revenue” (CNY 36,000,000.00)" + PART),
        ({"own_fen": "25200000.5"}, "own_fen",
         "CNY 25,200,000.50 is more than “Software revenue” (CNY 25,200,000.00)" + PART),
        ({"revenue_fen": "0"}, "revenue_fen", "The least is 0.01 yuan"),
        ({"staff_total": "0"}, "staff_total", "The least is 1"),
        ({"staff_rd": "-1"}, "staff_rd", "The least is 0"),
    ],
)  # fmt: skip
def test_bad_figure_is_said_beside_its_field(answers, field, words):
    typed = {name: text for section in ANSWERS.values() for name, text in section.items()} | answers

    wrong = {name: answer.problem for name, answer in judge(FILING.form, typed).items() if answer.problem}

    assert {name: problem.words.en for name, problem in wrong.items()} == {field: words}


@pytest.fixture
def call(association, authority):
    return call_of(association, authority)


def test_section_page_shows_the_bad_figure_and_the_conditions(call, employer, owner):
    case = filled_in(call, employer, owner)
    client = Client()
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    url = reverse("application_section", args=[case.pk, "staff"])

    page = client.post(url, {**ANSWERS["staff"], "staff_rd": "500", "go": "next"})

    assert page.status_code == 422
    text = page.content.decode()
    assert 'href="#field-staff_rd"' in text
    assert "500 is more than “Staff in all” (120)" in text
    # A figure that is wrong counts as not there.
    rows = {row.title.en: (row.required, row.percent, row.tone) for row in page.context["ratios"]}
    assert rows == {"Staff with the required degree": ("40%", "80%", "ok"), "R&D staff": ("25%", "—", "")}


def test_saving_as_one_types_counts_the_conditions_anew(call, employer, owner):
    case = filled_in(call, employer, owner)
    client = Client()
    client.force_login(owner)
    client.cookies["django_language"] = "en"

    saved = client.post(
        reverse("application_section_save", args=[case.pk, "figures"]),
        {**ANSWERS["figures"], "rd_spend_fen": "1800000", "rd_domestic_fen": "1800000"},
    ).json()

    assert list(saved["parts"]) == ["ratios"]
    assert ("5%" in saved["parts"]["ratios"], "Not reached" in saved["parts"]["ratios"]) == (True, True)
    assert fresh(case).facts[SHORT] == 1


def test_check_page_shows_required_reached_and_figures(call, employer, owner):
    case = filled_in(call, employer, owner)
    client = Client()
    client.force_login(owner)

    page = client.get(reverse("application_check", args=[case.pk]))

    own = page.context["ratios"][-1]
    assert (own.part, own.whole, own.required, own.percent) == (
        "19,800,000.00 元",
        "36,000,000.00 元",
        "45%",
        "55%",
    )
    assert "自主开发软件收入占比" in page.content.decode()


def test_preliminary_check_waits_for_every_condition(call, employer, owner, clerk):
    case = take(filled_in(call, employer, owner, staff_rd="20"), "submit", owner)
    case = take(case, "accept", clerk)

    assert [reason.code for reason in why("examine", case, clerk)] == ["ratios"]
    with pytest.raises(Blocked):
        take(case, "examine", clerk)
    failed = take(case, "fail_check", clerk, "研发人员占比未达到 25%。")
    assert (failed.state, failed.declaration.state("failed").outcome) == ("failed", "bad")


def test_embedded_answer_lowers_the_shares_of_software(call, employer, owner):
    figures = {"software_fen": "16200000", "own_fen": "14400000"}
    case = filled_in(call, employer, owner, **figures)
    assert case.facts[SHORT] == 2

    drafts.save_section(case, "business", {**ANSWERS["business"], "embedded": "yes"})

    assert fresh(case).facts[SHORT] == 0


def test_another_version_counts_the_same_figures_by_its_own_thresholds(call, employer, owner):
    case = filled_in(call, employer, owner, staff_rd="26")
    assert case.facts[SHORT] == 1

    redecide([case.pk], by="2016")

    assert fresh(case).facts[SHORT] == 0


def test_panel_that_finds_the_papers_wrong_fails_it(call, employer, owner, clerk):
    case = before_panel(filled_in(call, employer, owner), owner, clerk)
    panel = panel_of(case)
    seat(case, panel, clerk)
    case = scored(
        case,
        panel,
        {**FULL, "proof": "0", "revenue": "5", "spend": "5"},
        vetoes=["condition"],
        comments={"condition": "收入未单列"},
    )

    assert [reason.code for reason in why("pass_review", case, panel[0].user)] == ["not_pass"]
    failed = take(case, "fail_review", panel[0].user, "审计报告未单列软件收入。")

    assert (failed.state, failed.review_outcome) == ("failed", "fail")


@pytest.fixture
def noticed(call, employer, owner, clerk, official, second_official):
    case = reviewed(filled_in(call, employer, owner), owner, clerk)
    batch = approved([case], call, clerk, second_official, official)
    approvals.release_notice(batch, by=second_official, key="n")
    return Notice.objects.get(batch=batch)


def case_of(notice: Notice) -> Application:
    return fresh(notice.lines.get().application)


def test_filing_goes_its_whole_way(noticed, official, second_official):
    notices.end_due(timezone.now() + timedelta(days=30))
    case = take(case_of(noticed), "issue_certificate", official)

    assert case.state == "closed"
    assert events_of(case) == [
        "submit", "accept", "examine", "put_to_panel", *PANEL, "pass_review", "consolidate", "approve",
        "release_notice", "end_notice", "issue_certificate",
    ]  # fmt: skip
    assert approvals.close(noticed.batch, by=official, key="z").stage == "closed"
    assert verify().holds


def test_open_objection_keeps_from_filing_and_an_upheld_one_ends_it(noticed, official):
    shown = timezone.now() + timedelta(days=4)
    Notice.objects.filter(pk=noticed.pk).update(shown_from=timezone.now() - timedelta(hours=1))
    objection = object_to(
        noticed.lines.get(), name="周示例", contact="13800009999", statement="研发费用不实", key="o", at=shown
    )
    notices.end_due(timezone.now() + timedelta(days=30))
    assert [r.code for r in why("issue_certificate", case_of(noticed), official)] == ["objection"]

    decide_objection(objection, verdict="upheld", answer="属实", actor=official, key="d")

    assert [r.code for r in why("issue_certificate", case_of(noticed), official)] == ["upheld"]
    assert take(case_of(noticed), "revoke", official, "异议成立。").state == "revoked"


def test_announced_filing_names_the_enterprise(noticed, employer):
    Notice.objects.filter(pk=noticed.pk).update(shown_until=timezone.now() - timedelta(hours=1))

    listed = Client().get(reverse("results")).context["rows"]
    announced = Client().get(reverse("result", args=[noticed.batch_id]))

    assert [(row["alone"], row["employers"]) for row in listed] == [(True, 1)]
    assert employer.name in announced.content.decode()


def test_pages_of_the_batch_name_neither_people_nor_money(noticed, official, clerk):
    client = Client()
    client.force_login(official)
    client.cookies["django_language"] = "en"
    case = case_of(noticed)

    for url in (
        reverse("batches"), reverse("batch", args=[noticed.batch_id]),
        reverse("batch_manifest", args=[noticed.batch_id]),
        reverse("case", args=[case.pk]), reverse("worklist"), reverse("statistics"),
    ):  # fmt: skip
        text = client.get(url).content.decode()
        assert "People granted</th>" not in text, url
        assert "Amount</dt>" not in text, url
        assert ">0.00<" not in text, url


@pytest.mark.parametrize("size", [1, 30])
def test_batch_takes_a_fixed_number_of_statements(
    size, call, clerk, official, second_official, django_assert_num_queries
):
    batch = approved(many_reviewed(call, size), call, clerk, second_official, official)
    client = Client()
    client.force_login(official)
    url = reverse("batch", args=[batch.pk])

    with django_assert_num_queries(24):  # with the frozen ranking of what was scored
        assert client.get(url).status_code == 200
