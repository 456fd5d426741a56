"""A search finds exactly what its terms say, in either language, and never what its reader may not know of."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import person_with
from tests.workflows.web.desks import brought_to
from workflows.errors import SearchUnclear
from workflows.models import Application
from workflows.queries import counts_of, desk_of, kept_counts
from workflows.search import hints, matching, parse

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]


def found(user: User, text: str) -> list[int]:
    return sorted(matching(user, text).values_list("pk", flat=True))


@pytest.fixture
def three(many_drafts: Drafts, clerk: User) -> list[Application]:
    """One submitted and overdue, one accepted by the clerk's hand, one checked with a large sum."""
    cases = many_drafts(3)
    brought_to("submit", cases[:1], clerk)
    brought_to("accept", cases[1:2], clerk)
    brought_to("examine", cases[2:], clerk)
    today = timezone.localdate()
    for case, facts in zip(cases, (
        {"due_on": today - timedelta(days=2), "amount_fen": 100, "rows_held": 1},
        {"due_on": today + timedelta(days=3), "amount_fen": 5_000_000, "assigned_to": clerk, "stopped_on": today},
        {"due_on": None, "amount_fen": 100_000_001, "rows_in_dispute": 1, "objections_open": 1},
    ), strict=True):  # fmt: skip
        Application.objects.filter(pk=case.pk).update(**facts)
    for case, name in zip(cases, ("鹭岛软件有限公司", "鹭岛电子有限公司", "Amoy Ocean Ltd"), strict=True):
        Organisation.objects.filter(pk=case.applicant_id).update(name=name)
    return [Application.objects.get(pk=case.pk) for case in cases]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", [0, 1, 2]),
        ("is:overdue", [0]),
        ("是:逾期", [0]),
        ("-is:overdue", [1, 2]),
        ("is:waiting", [0, 1, 2]),
        ("is:open", [0, 1, 2]),
        ("is:closed", []),
        ("is:mine", [1]),
        ("is:unclaimed", [0, 2]),
        ("is:stopped", [1]),
        ("is:held,disputed", [0, 2]),
        ("is:frozen", [2]),
        ("lead:@me", [1]),
        ("-lead:@me", [0, 2]),
        ("经办:我", [1]),
        ("lead:none", [0, 2]),
        ("state:checked", [2]),
        ("state:初审", [1]),
        ('state:"joint verification"', [2]),
        ("state:submitted,初审", [0, 1]),
        ("-state:checked", [0, 1]),
        ("state:checked state:accepted", []),
        ("applicant:软件", [0]),
        ("单位:鹭岛", [0, 1]),
        ("-applicant:鹭岛", [2]),
        ("鹭", [0, 1]),
        ("amoy", [2]),
        ('"ocean ltd"', [2]),
        ("oc%an", []),
        ("programme:talent-tax-rebate", [0, 1, 2]),
        ("事项:重点发展产业中层以上人才个税奖励", [0, 1, 2]),
        ("-programme:talent-tax-rebate", []),
        ("year:2019", [0, 1, 2]),
        ("year:>2019", []),
        ("year:2018..2020", [0, 1, 2]),
        ("round:2019", [0, 1, 2]),
        ("round:talent-tax-rebate/2019", [0, 1, 2]),
        ("batch:none", [0, 1, 2]),
        ("batch:PC9", []),
        ("amount:>1e6", [2]),
        ("amount:>100万", [2]),
        ("金额：＜＝１", [0]),
        ("amount:1..50,000", [0, 1]),
        ("amount:5万", [1]),
        ("amount:5万..", [1, 2]),
        ("due:<today", [0]),
        ("due:+3", [1]),
        ("due:none", [2]),
        ("-due:none", [0, 1]),
        ("due:2001", []),
        ("submitted:today", [0, 1, 2]),
        ("submitted:<今天", []),
    ],
)
def test_terms_find(three: list[Application], clerk: User, text: str, wanted: list[int]) -> None:
    assert found(clerk, text) == sorted(three[n].pk for n in wanted)


def test_number_is_found_by_its_beginning_in_any_case(three: list[Application], clerk: User) -> None:
    assert found(clerk, str(three[1].number).lower()) == [three[1].pk]
    assert found(clerk, f"-{three[1].number}") == sorted([three[0].pk, three[2].pk])
    assert found(clerk, str(three[1].number)[:6]) == sorted(case.pk for case in three)


def test_credit_code_is_found_with_spaces_between(draft: Application, clerk: User) -> None:
    (case,) = brought_to("submit", [draft], clerk)
    assert found(clerk, '"9135 0299ma0dem"') == [case.pk]


@pytest.mark.parametrize(
    ("text", "word", "en", "zh"),
    [
        ("state:chekced", "state:chekced", "There is no state “chekced”; did you mean “checked”?",
         "没有“chekced”这个状态，是否要找“checked”？"),
        ("is:overdu x", "is:overdu", "There is no kind “overdu”; did you mean “overdue”?",
         "没有“overdu”这个类别，是否要找“overdue”？"),
        ("a stat:checked", "stat:checked", "There is no keyword “stat”; did you mean “state”?",
         "没有“stat”这个关键词，是否要用“state”？"),
        ("amount:>much", "amount:>much", "“much” is no sum in yuan: write 50000, 1e6 or 1m.",
         "“much”不是金额（元）：请写 50000、1e6 或 100万。"),
        ("due:2026-02-30", "due:2026-02-30", "“2026-02-30” is no day: write 2026-11-23, 2026-11, today or +7.",
         "“2026-02-30”不是日期：请写 2026-11-23、2026-11、今天或 +7。"),
        ("state:>checked", "state:>checked", "“state” cannot be compared with <, > or =.",
         "“state”不能用 <、> 或 = 比较。"),
        ("lead:谁也不是", "lead:谁也不是", "There is no colleague “谁也不是”.", "没有“谁也不是”这个同事。"),
        ("amount:1e99", "amount:1e99", "“1e99” is no sum in yuan: write 50000, 1e6 or 1m.",
         "“1e99”不是金额（元）：请写 50000、1e6 或 100万。"),
    ],
)  # fmt: skip
def test_error_names_the_word_its_place_and_what_was_meant(
    three: list[Application], clerk: User, text: str, word: str, en: str, zh: str
) -> None:
    (problem,) = parse(text, clerk).problems
    assert (problem.word, text[problem.start : problem.end]) == (word, word)
    assert (problem.words.en, problem.words.zh) == (en, zh)
    with pytest.raises(SearchUnclear):
        matching(clerk, text)


def test_every_problem_of_a_text_is_told(clerk: User) -> None:
    problems = parse('state:nowhere amount:x "open', clerk).problems
    assert [p.word for p in problems] == ["state:nowhere", "amount:x", '"open']


def test_drafts_and_other_offices_are_never_found(
    three: list[Application], many_drafts: Drafts, official: User
) -> None:
    many_drafts(1)
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    assert len(found(official, "")) == 3
    assert found(stranger, "") == found(stranger, "-is:overdue") == found(stranger, "鹭岛") == []
    assert parse("state:draft", official).counted is not None
    assert kept_counts(official, parse("state:draft", official).q).total == 0


def test_lead_does_not_tell_of_people_of_other_offices(three: list[Application], clerk: User) -> None:
    person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"), "隐姓人")
    assert parse("lead:隐姓人", clerk).problems[0].meant == ""
    assert parse(f"lead:{clerk.name[:-1]}", clerk).is_clear


@pytest.mark.parametrize(
    "text", ["year:2019", "-state:checked", "is:open year:2018..2020", "programme:talent-tax-rebate"]
)
def test_what_the_counters_answer_is_what_the_rows_say(
    three: list[Application], clerk: User, text: str
) -> None:
    search = parse(text, clerk)
    assert search.counted is not None
    assert kept_counts(clerk, search.q, search.counted) == counts_of(desk_of(clerk).filter(search.q), clerk)


def test_every_example_of_the_help_is_understood(three: list[Application], clerk: User) -> None:
    for hint in hints():
        for example in hint.examples:
            assert parse(example, clerk).problems == (), example


def test_month_and_year_are_all_their_days(three: list[Application], clerk: User) -> None:
    Application.objects.filter(pk=three[0].pk).update(due_on=date(2031, 12, 31))
    for text in ("due:2031", "due:2031-12", "due:2031年12月31日", "due:>2031-11", "due:2031-12-01..2031-12"):
        assert found(clerk, text) == [three[0].pk], text
    assert found(clerk, "due:>2031-12") == []


def test_common_word_is_looked_for_in_the_cases(
    three: list[Application], clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.search.keywords.MOST_EMPLOYERS", 1)
    assert found(clerk, "鹭岛") == sorted([three[0].pk, three[1].pk])
    assert found(clerk, "-鹭岛") == [three[2].pk]


class AnyText(TestCase):
    """Whatever is typed is either understood and can be asked, or told; never a fault."""

    @settings(max_examples=150, deadline=None)
    @given(
        st.one_of(
            st.text(max_size=60),
            st.lists(
                st.tuples(
                    st.sampled_from(["", "-"]),
                    st.sampled_from(
                        ["is", "state", "amount", "due", "year", "lead", "batch", "round", "单位"]
                    ),
                    st.sampled_from([":", "：", ":>", ":<="]),
                    st.text(alphabet="09e.-,/+今天无@\"万亿a%_'\\", max_size=8),
                ).map("".join),
                max_size=3,
            ).map(" ".join),
        )
    )
    def test_any_text_is_understood_or_told(self, text: str) -> None:
        user = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="协会"))
        search = parse(text, user)
        for problem in search.problems:
            assert problem.word == text.replace("\0", "")[problem.start : problem.end]
        assert list(desk_of(user).filter(search.q)) == []
