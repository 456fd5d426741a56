"""`check_programmes`, the system check, and what only the database tells."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from config.words import T
from tests.workflows.conftest import person_with
from tests.workflows.engine.declared import CLOSED, SUBMITTED, close, declared, marked
from workflows.engine.deadlines import load_calendar
from workflows.engine.declare import Programme, WorkingDays, step
from workflows.engine.prove import prove_in_database
from workflows.models import Round
from workflows.programmes import registry
from workflows.versions import keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def _calendar(db: None) -> None:
    load_calendar(provisional_until=timezone.now().year + 1)


@pytest.fixture
def wrong() -> Iterator[Programme]:
    """A registered programme with one mistake."""
    out = step(SUBMITTED, CLOSED, label=T("Reject", "驳回"), by="minister")
    programme = declared(slug="wrong", steps={"reject": out})
    registry()[programme.slug] = programme
    yield programme
    del registry()[programme.slug]


def run(*args: str) -> tuple[int, str]:
    """Exit status and output."""
    out = StringIO()
    try:
        call_command("check_programmes", *args, stdout=out)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.usefixtures("_calendar")
def test_command_leaves_with_0_when_all_is_proven() -> None:
    status, said = run()
    assert status == 0
    assert [line.split(" (")[0] for line in said.splitlines()] == [f"{slug}: proven" for slug in registry()]


@pytest.mark.usefixtures("_calendar")
def test_command_prints_json_and_nothing_else() -> None:
    status, said = run("--json")
    found = json.loads(said)
    assert (status, found["holds"]) == (0, True)
    assert [entry["programme"] for entry in found["programmes"]] == list(registry())


@pytest.mark.usefixtures("_calendar")
def test_command_leaves_with_1_and_names_the_finding(wrong: Programme) -> None:
    status, said = run("--json")
    found = json.loads(said)
    assert (status, found["holds"]) == (1, False)
    (finding,) = [f for entry in found["programmes"] for f in entry["findings"]]
    assert set(finding) == {"code", "programme", "words", "mend", "file", "line"}
    assert (finding["code"], finding["programme"]) == ("role-nobody-holds", "wrong")
    assert (finding["file"], finding["line"]) == (
        "tests/workflows/engine/test_prove_commands.py",
        wrong.steps["reject"].where.line,
    )


@pytest.mark.usefixtures("_calendar")
def test_command_prints_a_table_of_one_programme(wrong: Programme) -> None:
    status, said = run("wrong")
    assert status == 1
    assert said.splitlines()[0].startswith("wrong: 1 findings")
    assert "role-nobody-holds" in said.splitlines()[1]
    assert run("talent-tax-rebate")[0] == 0


def test_command_names_the_programmes_where_one_is_unknown() -> None:
    with pytest.raises(CommandError, match=r"no programme “flying”\. There are: talent"):
        call_command("check_programmes", "flying")


def test_system_check_is_an_error_and_asks_no_database(
    wrong: Programme, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        messages = checks.run_checks(tags=["programmes"])
    assert [(m.id, m.level) for m in messages] == [("programmes.role-nobody-holds", checks.ERROR)]
    assert "test_prove_commands.py" in str(messages[0].obj)


def test_system_check_of_the_database_warns_of_the_calendar() -> None:
    load_calendar()
    late = step(SUBMITTED, CLOSED, label=T("Close", "办结"), by=Role.CLERK, due=WorkingDays(700))
    programme = declared(slug="late", steps={"close": late})
    registry()["late"] = programme
    try:
        assert checks.run_checks(tags=["programmes"]) == []
        messages = checks.run_checks(tags=["programmes"], databases=["default"])
    finally:
        del registry()["late"]
    levels = {(m.id, m.level) for m in messages if "(late)" in str(m.obj)}
    assert levels == {("programmes.limit-beyond-calendar", checks.WARNING)}


@pytest.mark.usefixtures("_calendar")
def test_limit_beyond_the_loaded_calendar_is_found() -> None:
    late = step(SUBMITTED, CLOSED, label=T("Close", "办结"), by=Role.CLERK, due=WorkingDays(700))  # ←
    found = prove_in_database(declared(steps={"close": late}))
    assert [(f.code, f.file, f.line) for f in found] == [marked("limit-beyond-calendar")]


@pytest.fixture
def small_round(association: Organisation, authority: Organisation, _calendar: None) -> Round:
    now = timezone.now()
    keep(declared(), "2019")
    return Round.objects.create(
        programme="small", policy="2019", year=2019, handler=association, authority=authority,
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=20),
    )  # fmt: skip


def test_role_that_nobody_holds_in_an_open_round_is_found(
    small_round: Round, association: Organisation
) -> None:
    programme = declared(steps={"close": close()})
    assert [f.code for f in prove_in_database(programme)] == ["role-unheld"]
    clerk = person_with(Role.CLERK, association)
    assert prove_in_database(programme) == []
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert [f.code for f in prove_in_database(programme)] == ["role-unheld"]


def test_role_held_in_another_office_does_not_count(small_round: Round, authority: Organisation) -> None:
    person_with(Role.CLERK, authority)
    assert [f.code for f in prove_in_database(declared())] == ["role-unheld"]
    assert Membership.objects.in_force().count() == 1
