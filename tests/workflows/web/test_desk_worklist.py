"""The worklist: what waits for whom, in which order, counted, searched, claimed, exported."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Membership, Organisation, Role, User
from tests.workflows.conftest import events_of, fresh, person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows.engine.perform import perform
from workflows.inbox import Page, cursor, page_in, page_of
from workflows.models import Application
from workflows.queries import counts_of, desk_of, desk_places, waiting_count

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]

# Session, person, memberships, years, counts, the cases, saved searches; messages and what waits, for the navigation.
QUERIES = 9


def numbers(response) -> list[str]:
    return [row.case.number for row in response.context["rows"]]


def test_queries_stay_the_same_with_1_and_with_30_rows(many_drafts: Drafts, clerk: User) -> None:
    client = signed_in(clerk)
    counted = []
    for more in (1, 29):
        brought_to("submit", many_drafts(more), clerk)
        client.get(address("worklist"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(address("worklist"))
        counted.append((len(response.context["rows"]), len(queries)))
    assert counted == [(1, QUERIES), (30, QUERIES)]


def test_earliest_deadline_comes_first_and_overdue_is_marked(many_drafts: Drafts, clerk: User) -> None:
    late, soon, calm = brought_to("submit", many_drafts(3), clerk)
    today = timezone.localdate()
    for case, days in ((late, -2), (soon, 1), (calm, 9)):
        Application.objects.filter(pk=case.pk).update(due_on=today + timedelta(days=days))
    response = signed_in(clerk).get(address("worklist"))
    assert numbers(response) == [late.number, soon.number, calm.number]
    assert [row.days_over for row in response.context["rows"]] == [2, 0, 0]
    assert 'class="wrong"' in response.content.decode()


def test_names_that_people_wrote_are_escaped(many_drafts: Drafts, clerk: User) -> None:
    mine, free = brought_to("submit", many_drafts(2), clerk)
    Organisation.objects.filter(pk=mine.applicant_id).update(name="<b>海鹭</b>&")
    User.objects.filter(pk=clerk.pk).update(name="<i>林</i>")
    perform("claim", [mine.pk], actor=clerk, key="claim")
    page = signed_in(clerk).get(address("worklist")).content.decode()
    assert ("<b>海" in page, "<i>林" in page) == (False, False)
    assert "&lt;b&gt;海鹭&lt;/b&gt;&amp;" in page
    assert '">&lt;i&gt;林&lt;/i&gt;</td>' in page
    assert f'action="{address("case_step", free.pk, "claim")}"' in page


def test_chosen_filter_stays_chosen(many_drafts: Drafts, clerk: User) -> None:
    brought_to("submit", many_drafts(1), clerk)
    page = signed_in(clerk).get(address("worklist"), {"due": "soon", "year": '"><b>'}).content.decode()
    assert '<option value="soon" selected>' in page
    assert page.count(" selected>") == 4
    assert '"><b>' not in page


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "示例"), ("en", "For example")])
def test_help_speaks_the_language_of_the_page(language: str, words: str, clerk: User) -> None:
    client = signed_in(clerk)
    for asked in ("en" if language == "zh-hans" else "zh-hans", language):
        client.cookies["django_language"] = asked
        page = client.get(address("worklist")).content.decode()
    assert f'<th scope="col">{words}</th>' in page


@pytest.mark.parametrize("way", ["sorted", "merged"])
def test_pages_follow_each_other_without_gap_or_double(many_drafts: Drafts, clerk: User, way: str) -> None:
    cases = brought_to("submit", many_drafts(7), clerk)
    # Two without a deadline, two on one day, and two of another state, earlier than all.
    Application.objects.filter(pk__in=[cases[4].pk, cases[2].pk]).update(due_on=None)
    day = timezone.localdate()
    Application.objects.filter(pk__in=[cases[1].pk, cases[6].pk]).update(due_on=day)
    Application.objects.filter(pk=cases[3].pk).update(due_on=day - timedelta(days=1))
    perform("accept", [cases[0].pk, cases[5].pk], actor=clerk, key="accept")
    Application.objects.filter(pk__in=[cases[0].pk, cases[5].pk]).update(due_on=day - timedelta(days=3))
    wanted = [cases[n].pk for n in (0, 5, 3, 1, 6, 2, 4)]

    def page(after: str | None = "", before: str | None = "") -> Page:
        at = {"after": after or "", "before": before or ""}
        if way == "sorted":
            return page_of(desk_of(clerk), rows=2, **at)
        return page_in(desk_places(clerk), Application.objects.all(), None, rows=2, **at)

    pages = [page()]
    while pages[-1].next:
        pages.append(page(after=pages[-1].next))
    assert [c.pk for p in pages for c in p.rows] == wanted
    assert (pages[0].previous, len(pages)) == (None, 4)
    back = [page(before=pages[-1].previous)]
    while back[-1].previous:
        back.append(page(before=back[-1].previous))
    assert [[c.pk for c in p.rows] for p in back] == [[c.pk for c in p.rows] for p in pages[-2::-1]]
    assert back[0].next == cursor(pages[-2].rows[-1])


def test_case_of_two_offices_of_one_person_stands_in_the_list_once(
    many_drafts: Drafts, clerk: User, official: User
) -> None:
    (case,) = brought_to("submit", many_drafts(1), clerk)
    Membership.objects.create(user=clerk, organisation=case.authority, role=Role.OFFICIAL)
    both = User.objects.get(pk=clerk.pk)
    assert [c.pk for c in page_in(desk_places(both), Application.objects.all()).rows] == [case.pk]


def test_cursor_that_cannot_be_read_is_none(many_drafts: Drafts, clerk: User) -> None:
    brought_to("submit", many_drafts(1), clerk)
    for wrong in ("x", "2019-02-31.5", "none.", "9999999-01-01.1"):
        assert signed_in(clerk).get(address("worklist"), {"after": wrong}).status_code == 200


def test_each_role_sees_what_waits_for_it(
    many_drafts: Drafts, clerk: User, official: User, cashier: User
) -> None:
    brought_to("submit", many_drafts(2), clerk)
    assert [waiting_count(person) for person in (clerk, official, cashier)] == [2, 0, 0]
    tabs = {tab["slug"]: tab["count"] for tab in signed_in(official).get(address("worklist")).context["tabs"]}
    assert tabs == {"waiting": 0, "submitted": 2, "all": 2}


def test_case_of_which_nobody_is_granted_waits_for_the_official(
    many_drafts: Drafts, clerk: User, official: User
) -> None:
    (case,) = many_drafts(1)
    case.people.update(still_employed=False)
    brought_to("verify", [case], clerk)
    assert waiting_count(official) == 1


def test_another_office_sees_nothing(many_drafts: Drafts, clerk: User) -> None:
    brought_to("submit", many_drafts(1), clerk)
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))
    response = signed_in(stranger).get(address("worklist"), {"tab": "all"})
    assert (numbers(response), response.status_code) == ([], 200)


def test_employer_is_not_let_in(owner: User) -> None:
    assert signed_in(owner).get(address("worklist")).status_code == 403


@pytest.mark.parametrize("find", ["number", "name", "code"])
def test_search_finds_by_number_name_and_credit_code(draft: Application, clerk: User, find: str) -> None:
    (case,) = brought_to("submit", [draft], clerk)
    words = {"number": case.number, "name": "示例软件", "code": "91350299ma0dem005c"}[find]
    assert numbers(signed_in(clerk).get(address("worklist"), {"q": words})) == [case.number]
    assert numbers(signed_in(clerk).get(address("worklist"), {"q": "没有这样的单位"})) == []


def test_filters_narrow_the_list_and_its_counts(many_drafts: Drafts, clerk: User) -> None:
    mine, free = brought_to("submit", many_drafts(2), clerk)
    Application.objects.filter(pk=mine.pk).update(
        assigned_to=clerk, due_on=timezone.localdate() - timedelta(days=1), industry="finance"
    )
    client = signed_in(clerk)
    for query, expected in (
        ({"handling": "mine"}, [mine.number]),
        ({"handling": "unassigned"}, [free.number]),
        ({"due": "overdue"}, [mine.number]),
        ({"industry": "finance"}, [mine.number]),
        ({"year": "2019"}, [mine.number, free.number]),
        ({"programme": "talent-tax-rebate"}, [mine.number, free.number]),
    ):
        response = client.get(address("worklist"), query)
        assert numbers(response) == expected
        assert response.context["listed"].counts.waiting == len(expected)


def test_claim_from_the_list_comes_back_to_it(draft: Application, clerk: User) -> None:
    (case,) = brought_to("submit", [draft], clerk)
    back = address("worklist") + "?due=soon"
    answer = signed_in(clerk).post(
        address("case_step", case.pk, "claim"), {"key": "k", "version": case.version, "next": back}
    )
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert fresh(case).assigned_to == clerk
    assert events_of(case) == ["submit", "claim"]


def test_next_page_of_another_site_is_not_followed(draft: Application, clerk: User) -> None:
    (case,) = brought_to("submit", [draft], clerk)
    answer = signed_in(clerk).post(
        address("case_step", case.pk, "claim"), {"key": "k", "next": "https://example.com/"}
    )
    assert answer["Location"] == address("case", case.pk)


def test_export_holds_the_whole_list(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("submit", many_drafts(32), clerk)
    answer = signed_in(clerk).get(address("worklist_export", "xlsx"))
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [case.number for case in cases]
    assert len(signed_in(clerk).get(address("worklist_export", "csv")).content.splitlines()) == 33


def test_search_that_is_not_understood_shows_nothing_and_keeps_what_was_typed(
    many_drafts: Drafts, clerk: User
) -> None:
    brought_to("submit", many_drafts(2), clerk)
    typed = 'state:chekced applicant:"有限"'
    response = signed_in(clerk).get(address("worklist"), {"q": typed})
    page = response.content.decode()
    assert (response.status_code, numbers(response)) == (200, [])
    assert "是否要找“checked”" in page
    assert 'value="state:chekced applicant:&quot;有限&quot;"' in page
    assert response.context["listed"].search.mended == 'state:checked applicant:"有限"'
    assert "{%" not in page


def test_step_over_all_that_an_unclear_search_matches_is_refused(many_drafts: Drafts, clerk: User) -> None:
    brought_to("submit", many_drafts(1), clerk)
    posted = {"step": "talent-tax-rebate/accept", "all": "1", "query": "q=state:chekced"}
    assert signed_in(clerk).post(address("case_many"), posted).status_code == 422


def test_search_for_a_state_counts_from_the_counters(many_drafts: Drafts, clerk: User) -> None:
    cases = brought_to("submit", many_drafts(3), clerk)
    perform("accept", [cases[0].pk], actor=clerk, key="accept")
    client = signed_in(clerk)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address("worklist"), {"q": "-state:初审"})
    assert numbers(response) == [cases[1].number, cases[2].number]
    counted = [
        q["sql"] for q in queries if "count(*)" in q["sql"].lower() and "workflows_application" in q["sql"]
    ]
    assert counted == []


def test_counts_of_a_search_stop_and_say_so(many_drafts: Drafts, clerk: User) -> None:
    brought_to("submit", many_drafts(3), clerk)
    counts = counts_of(desk_of(clerk), clerk, most=2)
    assert (counts.cut, counts.total) == (True, 3)
    assert not counts_of(desk_of(clerk), clerk, most=3).cut
