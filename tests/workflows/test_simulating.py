"""A year through another version: who wins, who loses, the cost; nothing is written, names are masked."""

import json
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organisation, Role, User
from tests.workflows.conftest import ready_draft
from tests.workflows.next_version import NEXT, SLUG, next_version
from tests.workflows.storm_aid import filled_in
from workflows.engine.declare import Programme
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.errors import UnknownVersion
from workflows.models import Application, Person, Round
from workflows.programmes import registry
from workflows.simulating import NobodyDecided, simulate
from workflows.versions import compared

__all__ = ["next_version"]
pytestmark = pytest.mark.django_db
# Three that change under 2024: too rich, half of the tax instead of a quarter, a manager of before 2019.
PEOPLE = (
    {"name": "欧阳富", "pay_fen": 60_000_000},
    {"name": "李一般", "tax_fen": 1_000_000},
    {"name": "王初级", "post_level": "junior"},
)


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def decided(open_round: Round, employer: Organisation, owner: User) -> Application:
    """A submitted case of 2019: two granted, one refused for the level of the post."""
    case = ready_draft(open_round, employer, owner, *PEOPLE)
    perform("submit", [case.pk], actor=owner, key="s")
    return case


def test_winners_losers_and_cost_are_counted(decided: Application, next_version: Programme) -> None:
    found = simulate(SLUG, 2019, NEXT)
    total = found.total
    assert (total.people, total.granted_before, total.granted_after) == (3, 2, 1)
    assert (total.win, total.lose, total.other_amount) == (0, 1, 1)
    assert (total.before_fen, total.after_fen, total.difference_fen) == (768_300, 200_000, -568_300)
    assert found.by_industry == {"software": total}
    assert found.by_rule == {"": (2, 1), "R05": (1, 1), "R09": (0, 1)}
    assert found.ran_on == ("2019",)


def test_winners_are_those_whom_a_milder_version_grants(
    decided: Application, owner: User, employer: Organisation
) -> None:
    Person.objects.filter(name="王初级").update(post_level="middle", post_kind="management")
    harder = simulate(SLUG, 2019, "2018")
    assert (harder.total.win, harder.total.lose, harder.by_rule["R05"]) == (0, 0, (1, 1))
    milder = simulate(SLUG, 2019, "2019")
    assert (milder.total.win, milder.total.lose, milder.total.difference_fen) == (1, 0, 668_300)


def test_nothing_is_written(decided: Application, next_version: Programme) -> None:
    before = list(Person.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as queries:
        simulate(SLUG, 2019, NEXT)
    written = [q["sql"] for q in queries if q["sql"].split()[0] not in ("SELECT", "WITH")]
    assert written == []
    assert list(Person.objects.order_by("pk").values()) == before
    assert verify().holds


def test_statements_do_not_grow_with_the_people(
    decided: Application, next_version: Programme, official: User
) -> None:
    official.memberships  # noqa: B018 - read once a command
    with CaptureQueriesContext(connection) as queries:
        simulate(SLUG, 2019, NEXT, viewer=official)
    # The versions that ran, the tally, the people named, those that the viewer may read.
    assert len(queries) == 4


def test_names_are_masked_unless_a_role_asks(
    decided: Application, next_version: Programme, official: User, owner: User
) -> None:
    shown = {
        viewer: [one.name for one in simulate(SLUG, 2019, NEXT, viewer=viewer).changed]
        for viewer in (None, official, owner)
    }
    assert shown == {None: ["欧＊＊", "李＊＊"], official: ["欧阳富", "李一般"], owner: ["欧＊＊", "李＊＊"]}


def test_withdrawn_and_revoked_do_not_count(
    decided: Application, next_version: Programme, owner: User
) -> None:
    Person.objects.filter(name="欧阳富").update(revoked=True)
    assert simulate(SLUG, 2019, NEXT).total.people == 2
    perform("withdraw", [decided.pk], actor=owner, key="w")
    with pytest.raises(NobodyDecided):
        simulate(SLUG, 2019, NEXT)


def test_programme_without_roster_is_run_case_by_case(
    storm_aid: Programme, storm_call: Round, owner: User, clerk: User
) -> None:
    for n, loss in enumerate(("90,000", "36,000", "30,000")):
        shop = Organisation.objects.create(
            kind="employer", name=f"示例小店{n}", industry="trade", district="siming"
        )
        Membership.objects.create(user=owner, organisation=shop, role=Role.OWNER)
        owner.__dict__.pop("memberships", None)
        case = filled_in(storm_call, shop, owner, loss_fen=loss)
        perform("submit", [case.pk], actor=owner, key=f"s{n}")
        perform("accept", [case.pk], actor=clerk, key=f"a{n}")
        if loss != "30,000":
            perform("visit", [case.pk], actor=clerk, key=f"v{n}")
    half = replace(storm_aid.policies["2026"], rate=Decimal("0.5"))
    registry()[storm_aid.slug] = replace(storm_aid, policies={**storm_aid.policies, "2030": half})
    before = [a.amount_fen for a in Application.objects.order_by("pk")]

    with CaptureQueriesContext(connection) as asked:
        found = simulate(storm_aid.slug, 2026, "2030")

    assert (found.counts, found.total.people, len(asked)) == ("cases", 3, 3)
    assert found.total.after_fen == 3_000_000 + 300_000
    assert found.total.before_fen == sum(before) == 1_999_800 + 199_980
    assert (found.total.granted_before, found.total.granted_after, found.total.other_amount) == (2, 2, 2)
    assert [a.amount_fen for a in Application.objects.order_by("pk")] == before
    assert [(one.would, one.would_fen, one.name) for one in found.changed] == [
        ("granted", 3_000_000, ""),
        ("granted", 300_000, ""),
    ]
    assert found.by_rule["no amount"][1] == 1
    told = json.loads(said("simulate", storm_aid.slug, "--year", "2026", "--version", "2030", "--json"))
    assert told == found.as_json()
    assert (
        said("simulate", storm_aid.slug, "--year", "2026", "--version", "2030")
        .splitlines()[1]
        .startswith("Cases 3:")
    )


def test_unknown_version_is_refused(decided: Application) -> None:
    with pytest.raises(UnknownVersion):
        simulate(SLUG, 2019, "2035")


def test_command_prints_a_table(decided: Application, next_version: Programme) -> None:
    lines = said("simulate", SLUG, "--year", "2019", "--version", NEXT).splitlines()
    assert lines[:3] == [
        "talent-tax-rebate 2019: decided under 2019, here by 2024",
        "People 3: granted 2 → 1 (win 0, lose 1, another amount 1), held 0",
        "Cost CNY 7,683.00 → 2,000.00, difference -5,683.00",
    ]
    assert any(line.split() == ["R09", "0", "1"] for line in lines)
    assert "欧＊＊  granted 6,683.00 → refused R09 0.00" in lines[-2]


def test_command_prints_json_and_nothing_else(
    decided: Application, next_version: Programme, official: User
) -> None:
    found = json.loads(
        said(
            "simulate",
            SLUG,
            "--year",
            "2019",
            "--version",
            NEXT,
            "--json",
            "--names-for",
            official.email,
            "--list",
            "1",
        )
    )
    assert (found["total"]["lose"], found["by_rule"]["R09"]) == (1, {"before": 0, "after": 1})
    assert [one["name"] for one in found["changed"]] == ["欧阳富"]


def test_command_finds_the_one_programme_that_has_the_version(
    decided: Application, next_version: Programme
) -> None:
    assert said("simulate", "--year", "2019", "--version", NEXT).startswith(f"{SLUG} 2019: ")


def test_command_asks_for_the_programme_where_none_has_the_version(decided: Application) -> None:
    with pytest.raises(CommandError, match=f"one of .*{SLUG}"):
        said("simulate", "--year", "2019", "--version", "2035")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--year", "1999", "--version", "2019"), "Nobody was decided"),
        (("--year", "2019", "--version", "2035"), "declares no policy version 2035"),
        (
            ("--year", "2019", "--version", "2019", "--names-for", "a@b.test"),
            "There is no active account a@b.test.",
        ),
    ],
)
def test_command_refuses_in_words(decided: Application, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said("simulate", SLUG, *arguments)


# ── what two versions differ in


def test_diff_names_what_was_added_removed_and_changed(next_version: Programme) -> None:
    found = {(one.section, one.name): one.change for one in compared(SLUG, "2019", NEXT)}
    wanted = {
        ("states", "checked"): "removed",
        ("states", "screened"): "added",
        ("edges", "accepted → checked"): "removed",
        ("edges", "accepted → screened"): "added",
        ("steps", "examine"): "removed",
        ("steps", "screen"): "added",
        ("papers", "carbon_report"): "added",
        ("rules", "R09"): "added",
        ("rules", "R06.when"): "changed",
        ("parameters", "share_of_retained"): "changed",
        ("parameters", "max_pay_fen"): "added",
        ("award", ""): "changed",
        ("order_of_rules", ""): "changed",
    }
    assert {name: found.get(name) for name in wanted} == wanted
    assert compared(SLUG, "2019", "2019") == []


def test_diff_takes_one_query_and_prints_a_table(next_version: Programme) -> None:
    with CaptureQueriesContext(connection) as queries:
        compared(SLUG, "2019", NEXT)
    assert len(queries) == 1
    lines = said("diff_versions", SLUG, "2018", "2019").splitlines()
    assert lines[0] == "rules"
    assert lines[1].split()[:2] == ["~", "R05.when"]
    assert lines[-3].strip() == "parameters"
    assert lines[-2].split() == ["~", "management_counts", "false", "→", "true"]
    assert lines[-1] == "2 differences between 2018 and 2019."


def test_diff_as_json(next_version: Programme) -> None:
    found = json.loads(said("diff_versions", SLUG, "2018", "2019", "--json"))
    assert [(d["section"], d["name"], d["before"], d["after"]) for d in found["differences"]][1] == (
        "parameters", "management_counts", False, True,
    )  # fmt: skip
    with pytest.raises(CommandError, match="declares no policy version 2035"):
        said("diff_versions", SLUG, "2018", "2035")
