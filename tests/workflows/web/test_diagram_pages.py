"""The pages of the diagram: counts of one's own offices alone, the same in picture and table, and what is late."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from accounts.models import Organisation, Role
from tests.workflows.conftest import person_with
from tests.workflows.web.desks import address, brought_to, signed_in
from workflows.models import Application

pytestmark = pytest.mark.django_db
SLUG = "talent-tax-rebate"


@pytest.fixture
def cases(many_drafts, clerk):
    """Two that are submitted, one of them late; one in the preliminary check; a draft that is nobody's business."""
    made = many_drafts(4)
    brought_to("accept", made[:1], clerk)
    late, _ = brought_to("submit", made[1:3], clerk)
    Application.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    return made


def shown(page) -> dict[str, tuple[int, int]]:
    return {str(row.state): (row.cases, row.overdue) for row in page.context["rows"] if row.cases}


def test_picture_and_table_count_the_cases_of_ones_offices(cases, clerk):
    page = signed_in(clerk).get(address("programme_diagram", SLUG))

    assert shown(page) == {"submitted": (2, 1), "accepted": (1, 0)}
    picture = ElementTree.fromstring(page.context["picture"].svg)
    assert picture.find("{*}desc").text == "已提交（受理单位）：2 件 超期 1；初审（受理单位）：1 件"


def test_counts_lead_to_the_worklist_of_that_state(cases, clerk):
    page = signed_in(clerk).get(address("programme_diagram", SLUG)).content.decode()

    link = f"{address('worklist')}?tab=submitted&amp;programme={SLUG}&amp;due=overdue"
    assert link in page
    listed = signed_in(clerk).get(link.replace("&amp;", "&"))
    assert listed.status_code == 200


def test_another_year_and_another_office_count_nothing(cases, clerk):
    stranger = person_with(Role.CLERK, Organisation.objects.create(kind="association", name="另一家协会"))

    assert shown(signed_in(stranger).get(address("programme_diagram", SLUG))) == {}
    page = signed_in(clerk).get(address("programme_diagram", SLUG), {"year": "1999"})
    assert shown(page) == {}
    assert shown(signed_in(clerk).get(address("programme_diagram", SLUG), {"year": "2019"})) != {}
    for nonsense in ("20199", "-1", "x", "２０１９年"):
        assert signed_in(clerk).get(address("programme_diagram", SLUG), {"year": nonsense}).status_code == 200


@pytest.mark.parametrize("page", ["programme_diagram", "programme_svg", "programme_bpmn"])
def test_unknown_programme_is_not_found(clerk, page):
    assert signed_in(clerk).get(address(page, "no-such")).status_code == 404


def test_picture_alone_is_the_same_until_a_count_changes(cases, clerk):
    client = signed_in(clerk)
    first = client.get(address("programme_svg", SLUG))
    assert (first.status_code, first["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")

    again = client.get(address("programme_svg", SLUG), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    brought_to("submit", cases[3:], clerk)
    moved = client.get(address("programme_svg", SLUG), headers={"If-None-Match": first["ETag"]})
    assert moved.status_code == 200


def test_process_file_is_saved_in_the_language_of_the_reader(clerk):
    client = signed_in(clerk)
    client.cookies["django_language"] = "en"
    response = client.get(address("programme_bpmn", SLUG))

    assert response["Content-Disposition"] == f'attachment; filename="{SLUG}.bpmn"'
    assert 'name="Preliminary check"' in response.content.decode()


@pytest.mark.parametrize("n", [1, 30])
def test_diagram_asks_the_same_queries_for_any_number_of_cases(
    many_drafts, clerk, django_assert_num_queries, n
):
    brought_to("submit", many_drafts(n), clerk)
    client = signed_in(clerk)
    with django_assert_num_queries(11):
        client.get(address("programme_diagram", SLUG))


def test_way_of_a_case_tells_each_move_with_its_days(cases, clerk, django_assert_num_queries):
    client = signed_in(clerk)
    with django_assert_num_queries(12):
        page = client.get(address("case_way", cases[0].pk))

    legs = [(leg.source.en, leg.step.en, leg.target.en) for leg in page.context["legs"]]
    assert legs == [("Draft", "Submitted", "Submitted"), ("Submitted", "Accepted", "Preliminary check")]
    assert "<svg" in page.content.decode()


def test_page_stands_with_its_table_where_nothing_can_be_drawn(cases, clerk, monkeypatch):
    from workflows.diagram import layout, svg

    monkeypatch.setattr(layout, "CHILD", "raise SystemExit(1)")
    for cached in (layout.layout_of, svg._with_counts):
        cached.cache_clear()
    page = signed_in(clerk).get(address("programme_diagram", SLUG))

    assert page.status_code == 200
    assert shown(page) == {"submitted": (2, 1), "accepted": (1, 0)}
    assert "无法绘制流程图" in page.content.decode()
    assert signed_in(clerk).get(address("programme_svg", SLUG)).status_code == 503
