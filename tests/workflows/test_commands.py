"""The management commands: what they print, and how they end."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from workflows.engine.deadlines import is_provisional, is_working
from workflows.engine.perform import perform
from workflows.models import Application, AuditCheckpoint, CalendarDay, Event, Round

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def moved(draft: Application, owner: User, clerk: User) -> Application:
    perform("submit", [draft.pk], actor=owner, key="1")
    perform("accept", [draft.pk], actor=clerk, key="2")
    return draft


def alter(case: Application, seq: int) -> Event:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE workflows_event SET data = data || '{\"rows_total\": 9}' WHERE application_id = %s AND seq = %s",
            [case.pk, seq],
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return Event.objects.get(application=case, seq=seq)


def test_verify_audit_holds(moved: Application) -> None:
    found = json.loads(said("verify_audit", "--json"))
    assert (found["holds"], found["applications"], found["events"], found["first_fault"]) == (
        True,
        1,
        2,
        None,
    )
    assert said("verify_audit") == "All holds: 1 applications, 2 events.\n"


@pytest.mark.parametrize("seq", [1, 2])
def test_verify_audit_names_the_altered_event_and_ends_with_1(moved: Application, seq: int) -> None:
    event = alter(moved, seq)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--json", stdout=out)
    assert ended.value.code == 1
    fault = json.loads(out.getvalue())["first_fault"]
    assert (fault["application"], fault["event"], fault["seq"], fault["fault"]) == (
        moved.pk,
        event.pk,
        seq,
        "altered",
    )


def test_verify_audit_says_the_fault_in_words(moved: Application) -> None:
    event = alter(moved, 1)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit", stdout=out)
    assert out.getvalue() == f"Application {moved.pk}, event {event.pk} (no. 1 submit): altered\n"


def test_verify_audit_names_a_checkpoint_that_does_not_hold(moved: Application) -> None:
    said("checkpoint_audit")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE workflows_auditcheckpoint SET tips_sha256 = repeat('0', 64)")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["holds"], found["faults"], len(found["checkpoints"])) == (False, [], 1)


def test_checkpoint_audit_prints_its_hash(moved: Application) -> None:
    taken = json.loads(said("checkpoint_audit", "--json"))["taken"]
    assert taken["tips_sha256"] == AuditCheckpoint.objects.get().tips_sha256
    assert (taken["applications"], taken["events"]) == (1, 2)
    assert json.loads(said("checkpoint_audit", "--json")) == {"taken": None}
    assert said("checkpoint_audit") == "Nothing has happened since the last checkpoint.\n"


def test_annual_report_prints_json_and_nothing_else(moved: Application) -> None:
    found = json.loads(said("annual_report", "--year", "2019", "--json"))
    assert found["year"] == 2019
    counted = {figure["key"]: figure["value"] for figure in found["figures"]}
    assert {key: value for key, value in counted.items() if key.startswith("rebate_")} == {
        "rebate_employers": 1, "rebate_people": 2, "rebate_paid_fen": 0, "rebate_people_share": None,
        "rebate_paid_share": None, "rebate_policy_year": 4,
    }  # fmt: skip
    assert all(set(figure) == {"key", "value", "definition", "as_of"} for figure in found["figures"])


def test_annual_report_prints_a_table(moved: Application) -> None:
    lines = said("annual_report", "--year", "2019").splitlines()
    figures = json.loads(said("annual_report", "--year", "2019", "--json"))["figures"]
    assert len(lines) == len(figures) + 1
    assert "CNY 0" in lines[2]
    assert "not known" in lines[3]


def test_load_calendar_marks_provisional_days(db: None) -> None:
    last = CalendarDay.objects.filter(provisional=False).order_by("day").last()
    assert last is not None
    year = last.day.year + 1
    assert "written" in said("load_calendar", "--provisional", str(year))
    first = date(year, 1, 4)
    assert is_provisional(first)
    assert is_working(first) == (first.weekday() < 5)
    assert said("load_calendar").startswith("0 days written")


def test_load_demonstration_is_refused_elsewhere(db: None, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("load_demonstration")
    assert not Round.objects.exists()


def test_load_demonstration_is_refused_beside_other_cases(draft: Application, settings: Any) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match="holds 1 cases that are not the demonstration's"):
        call_command("load_demonstration")
    assert Round.objects.count() == 1
