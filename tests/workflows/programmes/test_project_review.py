"""Project review: the way of a project, the panel's rule at its limits, the cut, and who may apply."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.project_review import (
    ANSWERS,
    approved,
    attach,
    before_panel,
    bureau,
    call_of,
    filled_in,
    panel_of,
    score,
    take,
)
from workflows import approvals, drafts
from workflows.engine.asking import why
from workflows.engine.budget import budget_lines
from workflows.errors import Blocked, NotForThem
from workflows.models import Application, Conclusion
from workflows.programmes import programme
from workflows.programmes.project_review.terms import ITEMS
from workflows.review.cut import CutTooLarge

PROJECT = programme("project-review")
# 12.5 × 22,000 + 2 × 84,000 + 15,000.50 yuan.
BUDGET_FEN = 45_800_050


@pytest.fixture
def call(association, authority):
    return call_of(association, authority)


@pytest.fixture
def applicant(db):
    return bureau()


@pytest.fixture
def agent(applicant):
    return person_with(Role.AGENT, applicant)


@pytest.fixture
def experts(association):
    return panel_of(association)


@pytest.fixture
def heard(call, applicant, agent, clerk, experts):
    case = filled_in(call, applicant, agent)
    before_panel(case, agent, clerk, experts)
    return fresh(case)


def client_of(user, language="en"):
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def test_rubric_is_the_one_of_the_rules():
    parts = {one.name: (one.points, [leaf.points for leaf in one.parts]) for one in PROJECT.rubric.criteria}

    assert parts == {
        "need": (25, [8, 10, 7]), "feasibility": (30, [10, 8, 7, 5]), "funds": (25, [10, 10, 5]),
        "effect": (20, [12, 8]),
    }  # fmt: skip
    assert [veto.name for veto in PROJECT.rubric.vetoes] == ["duplicate", "no_security", "out_of_scope"]


def test_project_goes_its_whole_way_and_the_cut_is_taken_off(
    heard, experts, clerk, official, second_official
):
    assert heard.amount_fen == BUDGET_FEN
    for one, points in zip(experts, (84, 90, 86, 80, 85), strict=True):
        score(heard, one, points)
    case = take(heard, "pass_review", experts[0].user, "同意立项，核减服务器单价。", cut_fen=2_800_050)

    assert (case.state, case.review_score, case.amount_fen) == ("verified", Decimal("85.00"), 43_000_000)
    batch = approved(case, clerk, second_official, official)

    assert (fresh(case).state, fresh(case).amount_fen) == ("closed", 43_000_000)
    assert events_of(case)[-4:] == ["submit_review", "pass_review", "consolidate", "approve"]
    assert approvals.close(batch, by=official, key="z").stage == "closed"


@pytest.mark.parametrize(
    ("points", "vetoes", "outcome"),
    [
        ((80, 80, 80, 80, 80), 0, "pass"),
        ((80, 80, 80, 80, 79), 0, "revise"),
        ((60, 60, 60, 60, 60), 0, "revise"),
        ((60, 60, 60, 60, 59), 0, "fail"),
        ((90, 90, 90, 90, 90), 2, "pass"),
        ((90, 90, 90, 90, 90), 3, "fail"),
    ],
)
def test_outcome_turns_at_its_limits(heard, experts, points, vetoes, outcome):
    for place, (one, share) in enumerate(zip(experts, points, strict=True)):
        score(heard, one, share, *(["duplicate"] if place < vetoes else []))

    assert fresh(heard).review_outcome == outcome


def test_panel_of_seven_leaves_the_highest_and_the_lowest_out(call, applicant, agent, clerk, association):
    seven = panel_of(association, 7)
    case = filled_in(call, applicant, agent)
    before_panel(case, agent, clerk, seven)

    for one, points in zip(seven, (10, 80, 81, 82, 83, 84, 100), strict=True):
        score(case, one, points)

    assert (fresh(case).review_score, fresh(case).review_outcome) == (Decimal("82.00"), "pass")


def test_revision_waits_for_the_plan_and_for_the_chair(heard, experts, agent):
    for one in experts:
        score(heard, one, 70)
    case = take(
        heard, "ask_revision", experts[0].user, "细化预算。", cut_fen=1_000_050, revise_by="2026-12-20"
    )

    assert [reason.code for reason in why("hand_in_revision", case, agent)] == ["revised_plan"]
    attach(case, "revised_plan", agent)
    case = take(fresh(case), "hand_in_revision", agent)
    assert [reason.code for reason in why("confirm_revision", case, experts[1].user)] == ["chair"]
    case = take(case, "confirm_revision", experts[0].user)

    assert (case.state, case.amount_fen) == ("verified", 44_800_000)
    assert Conclusion.objects.get(application=case).confirmed_by == experts[0].user


@pytest.mark.parametrize("cut_fen", [BUDGET_FEN + 1, -1])
def test_cut_beyond_the_budget_is_refused(heard, experts, cut_fen):
    for one in experts:
        score(heard, one, 85)

    with pytest.raises(CutTooLarge):
        take(heard, "pass_review", experts[0].user, "同意。", cut_fen=cut_fen)

    assert (fresh(heard).state, Conclusion.objects.count()) == ("reviewing", 0)


def test_failed_review_says_so(heard, experts):
    for one in experts:
        score(heard, one, 50)
    case = take(heard, "fail_review", experts[0].user, "必要性不足。")

    assert (case.state, case.standing.outcome) == ("failed", "bad")


# ── who applies


def test_firm_cannot_begin_and_the_page_says_why(call, employer, owner):
    with pytest.raises(NotForThem):
        drafts.start(call, employer, by=owner)

    page = client_of(owner).get(reverse("application_start", args=[call.pk]))
    assert "This call is for another kind of organisation" in page.content.decode()
    assert client_of(owner).get(reverse("my_applications")).context["calls"][0]["entries"] == []


def test_bureau_begins_from_its_list_of_calls(call, applicant, agent):
    client = client_of(agent)

    begun = client.post(reverse("application_start", args=[call.pk]), {"organisation": applicant.pk})

    assert begun.status_code == 302
    assert Application.objects.get(applicant=applicant).programme == "project-review"


def test_authority_of_the_round_does_not_decide_its_own_project(call, authority):
    agent = person_with(Role.AGENT, authority)
    case = filled_in(call, authority, agent)

    assert [reason.code for reason in why("submit", case, agent)] == ["own_project"]
    with pytest.raises(Blocked):
        take(case, "submit", agent)


def test_staff_of_the_applying_bureau_see_the_case_only_as_applicants(heard, applicant):
    official = person_with(Role.OFFICIAL, applicant)

    assert client_of(official).get(reverse("case", args=[heard.pk])).status_code == 404


# ── the budget


def test_lines_deviate_from_the_benchmarks_of_their_version(call, applicant, agent):
    case = filled_in(call, applicant, agent)

    of_2023 = [(str(line.percent), line.is_marked) for line in budget_lines(PROJECT, "2023", case.facts)]
    of_2019 = [(str(line.percent), line.is_marked) for line in budget_lines(PROJECT, "2019", case.facts)]

    assert of_2023 == [("0.0", False), ("20.0", True), ("None", False)]
    assert of_2019 == [("22.2", True), ("29.2", True), ("None", False)]


def test_price_is_marked_beyond_a_tenth_and_not_at_it(call, applicant, agent):
    lines = '[["server","甲","1","77000"],["server","乙","1","77000.01"]]'
    case = filled_in(call, applicant, agent, budget=lines)

    assert [line.is_marked for line in budget_lines(PROJECT, "2023", case.facts)] == [False, True]


def posted(*rows):
    """Lines as a page posts them, an empty one last."""
    names = ("item", "what", "quantity", "price_fen")
    return {f"budget.{n}.{name}": cell for n, row in enumerate([*rows, ("",) * 4])
            for name, cell in zip(names, row, strict=True)}  # fmt: skip


def test_bad_line_is_said_beside_its_input_and_above(call, applicant, agent):
    case = filled_in(call, applicant, agent)
    url = reverse("application_section", args=[case.pk, "budget"])

    page = client_of(agent).post(
        url, {**posted(("server", "", "2", "50000"), ("server", "乙", "0", "5万")), "go": "next"}
    )

    assert page.status_code == 422
    field = page.context["bound"].fields[0]
    assert field.error.en == (
        "Line 1, What it is: This is missing: fill it in; Line 2, Quantity: The least is 0.01; "
        "Line 2, Unit price (yuan): Write the amount in yuan, in digits"
    )
    text = page.content.decode()
    assert 'href="#field-budget"' in text
    assert 'id="field-budget" name="budget.0.what"' in text
    assert 'aria-describedby="field-budget-1-price_fen-line-error"' in text
    # The first wrong input bears the field's own id, so that the summary leads there; the two errors do not share one.
    assert text.count('id="field-budget-error"') == text.count('id="field-budget-line-error"') == 1
    # What was typed stands there, and an empty line is no line.
    assert [[cell.typed for cell in line] for line in field.lines] == [
        ["server", "", "2", "50000"], ["server", "乙", "0", "5万"], [""] * 4, [""] * 4,
    ]  # fmt: skip
    assert fresh(case).form_problems == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("not json", "Send the lines as a JSON list of [item, what it is, quantity, unit price in yuan]"),
        ('{"a": 1}', "Send the lines as a JSON list of [item, what it is, quantity, unit price in yuan]"),
        ("[[null]]", "Send the lines as a JSON list of [item, what it is, quantity, unit price in yuan]"),
        ("[" * 5000, "Send the lines as a JSON list of [item, what it is, quantity, unit price in yuan]"),
        ("[]", "This is missing: fill it in"),
        ('[["boat","x","1","1"]]', "Line 1, Item: “boat” is none of the options"),
        ('[["server","\\u0000","1","1"]]', "Line 1, What it is: This is missing: fill it in"),
        ('[["server","x","1e9","1"]]', "Line 1, Quantity: This is not a number: write it as 1234.5"),
        ('[["server","x","100000","1000000000"]]', "The budget comes to more than 10,000,000,000.00 yuan"),
        (str([["server", "x", "1", "1"]] * 61).replace("'", '"'), "61 lines; 60 are possible"),
    ],
)
def test_bad_lines_of_a_program_are_a_sentence(call, applicant, agent, typed, words):
    case = filled_in(call, applicant, agent)

    reading = drafts.save_section(case, "budget", {"budget": typed})

    assert [problem.words.en[: len(words)] for problem in reading.problems] == [words]


def test_saving_as_one_types_counts_the_deviation_anew(call, applicant, agent):
    case = filled_in(call, applicant, agent)

    saved = client_of(agent).post(
        reverse("application_section_save", args=[case.pk, "budget"]), posted(("server", "甲", "1", "91000"))
    ).json()  # fmt: skip

    assert ("+30.0%" in saved["parts"]["budget"], "91,000.00" in saved["parts"]["budget"]) == (True, True)
    assert list(saved["seen"]) == ["budget.was"]
    assert fresh(case).facts["budget_fen"] == 9_100_000


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_deviation_shows_to_applicant_staff_and_panel(heard, agent, clerk, experts, language):
    pages = (
        (agent, reverse("application", args=[heard.pk])),
        (clerk, reverse("case", args=[heard.pk])),
        (experts[1].user, reverse("review_case", args=[heard.pk])),
    )

    for user, url in pages:
        budget = client_of(user, language).get(url).context["budget"]
        assert [row.percent for row in budget.rows] == ["+0.0%", "+20.0%", "—"], url
        assert (budget.total, budget.cut) == ("458,000.50", None)


def test_cut_and_what_is_left_stand_beside_the_budget(heard, experts, clerk):
    for one in experts:
        score(heard, one, 85)
    take(heard, "pass_review", experts[0].user, "同意。", cut_fen=800_050)

    budget = client_of(clerk).get(reverse("case", args=[heard.pk])).context["budget"]

    assert (budget.total, budget.cut, budget.left) == ("458,000.50", "8,000.50", "450,000.00")


def test_every_answer_that_is_right_reads_back(call, applicant, agent):
    case = filled_in(call, applicant, agent)
    kind = PROJECT.form.by_name["budget"].kind

    value = case.facts["budget"]

    assert kind.parse(kind.raw(value)) == value
    shown = "3. Other 用户培训: 1 piece × CNY 15,000.50 = CNY 15,000.50; CNY 458,000.50 in all"
    assert kind.show(value, "en").endswith(shown)
    assert set(ANSWERS) == {section.slug for section in PROJECT.form.sections}


def test_statements_do_not_grow_with_the_lines(call, applicant, agent, clerk, django_assert_num_queries):
    counts = []
    case = filled_in(call, applicant, agent)
    client = client_of(agent)
    client.get(reverse("application_section", args=[case.pk, "project"]))
    for size in (1, 30):
        drafts.save_section(case, "budget", posted(*[("server", "甲", "1", "91000")] * size))
        with django_assert_num_queries(5) as seen:
            page = client.get(reverse("application_section", args=[case.pk, "budget"]))
        assert len(page.context["budget"].rows) == size
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_one_of_a_thing_is_said_in_the_singular():
    supervision = next(item for item in ITEMS if item.value == "supervision")
    assert [supervision.counted(n, "en") for n in ("1", "1.00", "2", "0.5")] == [
        "1 project", "1.00 project", "2 projects", "0.5 projects",
    ]  # fmt: skip
    assert supervision.counted("1", "zh-hans") == "1 项"
