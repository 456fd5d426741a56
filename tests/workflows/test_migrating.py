"""Cases go from one policy version to another: proven first, all or none, with an event each, and back again."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from notifications.models import OutboxRow
from tests.workflows.conftest import compared, events_of, fresh, person_with
from tests.workflows.next_version import NEXT, SLUG, next_version
from tests.workflows.web.batch_ways import awaiting_signature, key, listed
from workflows import payments
from workflows.engine.asking import offers
from workflows.engine.declare import Programme
from workflows.engine.endings import endings
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.errors import Blocked, NotPublished, ReasonMissing
from workflows.migrating import (
    NoSuchMigration,
    NothingToMove,
    NotMigratable,
    SameVersion,
    UnknownState,
    migrate,
    plan,
    take_back,
)
from workflows.models import Application, CaseMigration, Deadline, Event, Person, Round
from workflows.versions import publish

__all__ = ["next_version"]
pytestmark = pytest.mark.django_db
MAPPED = {"checked": "screened"}


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def published(next_version: Programme) -> Programme:
    publish(SLUG, NEXT)
    return next_version


@pytest.fixture
def accepted(
    published: Programme, many_drafts: Callable[[int], list[Application]], clerk: User
) -> list[Application]:
    """Four accepted cases of 2019, two people each."""
    cases = many_drafts(4)
    for case in cases:
        perform("submit", [case.pk], actor=case.created_by, key=key())
    perform("accept", [case.pk for case in cases], actor=clerk, key=key())
    return [fresh(case) for case in cases]


def ids_of(cases: list[Application]) -> list[int]:
    return [case.pk for case in cases]


def versions_of(cases: list[Application]) -> list[str]:
    return [fresh(case).policy for case in cases]


def test_half_of_a_round_migrates_and_both_halves_finish(
    accepted: list[Application], clerk: User, official: User, second_official: User, cashier: User, open_round: Round
) -> None:  # fmt: skip
    half, rest = accepted[:2], accepted[2:]
    kept = migrate(plan(SLUG, "2019", NEXT, states=MAPPED, cases=ids_of(half)), reason="新政策")
    assert (kept.cases, versions_of(accepted)) == (2, [NEXT, NEXT, "2019", "2019"])
    assert verify().holds

    perform("examine", ids_of(rest), actor=clerk, key=key())
    perform("screen", ids_of(half), actor=clerk, key=key())
    compared(accepted)
    perform("verify", ids_of(rest), actor=clerk, key=key())
    perform("confirm", ids_of(half), actor=clerk, key=key())
    # Both halves in one batch, from here to the bank.
    batch = awaiting_signature(open_round, [fresh(case) for case in accepted], clerk, second_official)
    made = listed(batch, official, second_official, cashier)
    later = made.made_at + timedelta(days=1)
    paid = [payments.Returned(line.position, paid=True, paid_on=later.date()) for line in made.lines.all()]
    payments.read_return(made, paid, actor=cashier, key=key(), at=later)
    Application.objects.filter(pk__in=ids_of(accepted)).update(receipt_attached=True)
    for case in accepted:
        perform("confirm_onward", [case.pk], actor=case.created_by, key=key())

    cases = [fresh(case) for case in accepted]
    assert [case.state for case in cases] == ["closed"] * 4
    # By the rules of 2024 half of what is retained is paid back, by those of 2019 a quarter.
    assert [case.paid_fen for case in cases] == [2 * 1_336_600, 2 * 1_336_600, 2 * 668_300, 2 * 668_300]
    assert events_of(cases[0])[:5] == ["submit", "accept", "migrate", "screen", "confirm"]
    assert events_of(cases[2])[:4] == ["submit", "accept", "examine", "verify"]
    assert verify().holds


def test_one_event_says_why_and_from_where_and_nobody_is_told(accepted: list[Application]) -> None:
    before = OutboxRow.objects.count()
    kept = migrate(plan(SLUG, "2019", NEXT, cases=[accepted[0].pk]), reason=" 新政策 ")
    event = Event.objects.filter(application=accepted[0]).latest("seq")
    assert (event.step, event.source, event.target, event.reason) == (
        "migrate",
        "accepted",
        "accepted",
        "新政策",
    )
    assert event.data == {"migration": kept.pk, "from_version": "2019", "to_version": NEXT}
    assert OutboxRow.objects.count() == before
    assert verify().holds


def test_deadline_is_that_of_the_other_version(accepted: list[Application]) -> None:
    before = fresh(accepted[0]).due_on
    migrate(plan(SLUG, "2019", NEXT, cases=[accepted[0].pk]), reason="x")
    (open_one,) = Deadline.objects.filter(application=accepted[0], met_at=None)
    assert (open_one.step, open_one.days) == ("screen", 7)
    assert fresh(accepted[0]).due_on == open_one.due_on < before  # type: ignore[operator]


def test_deadline_of_the_same_length_runs_on(accepted: list[Application], official: User) -> None:
    kept = Deadline.objects.get(application=accepted[0], met_at=None)
    migrate(plan(SLUG, "2019", "2021", cases=[accepted[0].pk]), reason="x")
    assert Deadline.objects.get(application=accepted[0], met_at=None) == kept
    assert fresh(accepted[0]).entered_at == accepted[0].entered_at


def test_people_are_decided_again_by_the_other_rules(accepted: list[Application]) -> None:
    rich, _ = accepted[0].people.order_by("position")
    Person.objects.filter(pk=rich.pk).update(pay_fen=90_000_000)
    made = migrate(plan(SLUG, "2019", NEXT, cases=[accepted[0].pk]), reason="x")
    decided = [(p.result, p.rule, p.award_fen) for p in accepted[0].people.order_by("position")]
    assert decided == [("refused", "R09", 0), ("granted", "", 1_336_600)]
    assert fresh(accepted[0]).amount_fen == 1_336_600
    take_back(SLUG, made.pk, reason="y")
    decided = [(p.result, p.rule, p.award_fen) for p in accepted[0].people.order_by("position")]
    assert decided == [("granted", "", 668_300), ("granted", "", 668_300)]


# ── the proof before


def test_state_that_is_gone_blocks_until_it_is_mapped(accepted: list[Application], clerk: User) -> None:
    perform("examine", ids_of(accepted[:3]), actor=clerk, key=key())
    made = plan(SLUG, "2019", NEXT)
    assert [(g.state, len(g.ids), g.why is None) for g in made.groups] == [
        ("accepted", 1, True),
        ("checked", 3, False),
    ]
    with pytest.raises(NotMigratable) as caught:
        migrate(made, reason="x")
    assert "3 of 4 cases cannot move to 2024" in caught.value.sentence.en
    assert "“联审”" in caught.value.sentence.zh
    assert versions_of(accepted) == ["2019"] * 4
    assert CaseMigration.objects.count() == 0

    migrate(plan(SLUG, "2019", NEXT, states=MAPPED), reason="x")
    assert [fresh(case).state for case in accepted] == ["screened"] * 3 + ["accepted"]
    assert versions_of(accepted) == [NEXT] * 4
    assert verify().holds


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("closed", "“Closed” is an end"),
        ("correcting", "While the clock stands still"),
    ],
)
def test_mapping_that_cannot_be_is_refused(accepted: list[Application], to: str, sentence: str) -> None:
    made = plan(SLUG, "2019", NEXT, states={"accepted": to})
    (group,) = made.groups
    assert group.why is not None
    assert sentence in group.why.en


def test_case_that_could_not_finish_is_blocked(
    accepted: list[Application], published: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("confirm", "withdraw", "ask_correction"):
        monkeypatch.setattr(published.steps[step], "policies", ("2018",))
    assert endings(published, NEXT)["screened"] == set()
    (group,) = plan(SLUG, "2019", NEXT, states={"accepted": "screened"}).groups
    assert group.why is not None
    assert group.why.en == "From “Screened” no end can be reached in 2024."


def test_case_that_could_only_be_refused_is_blocked(
    accepted: list[Application], published: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published.steps["confirm"], "policies", ("2018",))
    assert endings(published, NEXT)["accepted"] == {"bad", "gone"}
    (group,) = plan(SLUG, "2019", NEXT).groups
    assert group.why is not None
    assert group.why.zh == "现仍可获批，而在 2024 的“初审”则不能。"


def test_finished_cases_stay(accepted: list[Application]) -> None:
    perform("withdraw", [accepted[0].pk], actor=accepted[0].created_by, key=key())
    made = plan(SLUG, "2019", NEXT)
    assert (made.total, made.finished) == (3, 1)
    migrate(made, reason="x")
    assert versions_of(accepted) == ["2019", NEXT, NEXT, NEXT]


def test_case_that_waits_for_a_correction_comes_back_to_where_its_state_went(
    accepted: list[Application], clerk: User
) -> None:
    case = accepted[0]
    perform("examine", [case.pk], actor=clerk, key=key())
    points = [{"kind": "field", "target": "bank_name", "words": "请写到支行"}]
    perform("ask_correction", [case.pk], actor=clerk, key=key(), data={"points": points})
    blocked = plan(SLUG, "2019", NEXT, cases=[case.pk]).blocked
    assert [g.why.en for g in blocked if g.why] == [
        "From “Correction” no way leads back to “Joint verification” in 2024."
    ]
    # 2024 asks for no corrections while it screens, so that nothing would lead back there either.
    assert plan(SLUG, "2019", NEXT, states=MAPPED, cases=[case.pk]).blocked != ()
    made = plan(SLUG, "2019", NEXT, states={"checked": "accepted"}, cases=[case.pk])
    kept = migrate(made, reason="x")
    found = fresh(case)
    assert (found.state, found.resume_state, found.policy) == ("correcting", "accepted", NEXT)
    assert Event.objects.filter(application=case).latest("seq").data["resume"] == "checked"
    take_back(SLUG, kept.pk, reason="y")
    found = fresh(case)
    assert (found.state, found.resume_state, found.policy) == ("correcting", "checked", "2019")
    assert verify().holds


def test_case_in_a_verified_batch_is_blocked(
    published: Programme, listed_cases: list[Application], open_round: Round, clerk: User, official: User
) -> None:
    batch = awaiting_signature(open_round, listed_cases[:2], clerk, official)
    assert [(g.state, len(g.ids), g.why is None) for g in plan(SLUG, "2019", NEXT).groups] == [
        ("verified", 1, True), ("consolidated", 2, False),
    ]  # fmt: skip
    perform("take_out", [listed_cases[0].pk], actor=clerk, key=key(), reason="新政策")
    migrate(plan(SLUG, "2019", NEXT, cases=[listed_cases[0].pk, listed_cases[2].pk]), reason="x")
    assert [fresh(case).amount_fen for case in listed_cases] == [2 * 1_336_600, 2 * 668_300, 2 * 1_336_600]
    assert Application.objects.filter(batch=batch).get() == listed_cases[1]


def test_incomplete_commands_are_refused(accepted: list[Application], next_version: Programme) -> None:
    with pytest.raises(SameVersion):
        plan(SLUG, "2019", "2019")
    with pytest.raises(UnknownState) as caught:
        plan(SLUG, "2019", NEXT, states={"accepted": "nowhere"})
    assert "has no state “nowhere”" in caught.value.sentence.en
    with pytest.raises(ReasonMissing):
        migrate(plan(SLUG, "2019", NEXT), reason=" ")
    with pytest.raises(NothingToMove):
        migrate(plan(SLUG, "2018", NEXT), reason="x")
    with pytest.raises(NoSuchMigration):
        take_back(SLUG, 4711, reason="x")


def test_version_that_is_not_published_takes_no_cases(next_version: Programme) -> None:
    with pytest.raises(NotPublished):
        plan(SLUG, "2019", NEXT)


def test_case_that_moved_since_the_plan_leaves_all_where_they_are(
    accepted: list[Application], clerk: User
) -> None:
    made = plan(SLUG, "2019", NEXT)
    perform("examine", [accepted[3].pk], actor=clerk, key=key())
    with pytest.raises(Blocked) as caught:
        migrate(made, reason="x")
    assert list(caught.value.reasons) == [accepted[3].pk]
    assert versions_of(accepted) == ["2019"] * 4
    assert CaseMigration.objects.count() == 0


# ── back


def test_taking_back_names_those_that_have_moved_since(accepted: list[Application], clerk: User) -> None:
    kept = migrate(plan(SLUG, "2019", NEXT), reason="x")
    perform("screen", [accepted[0].pk], actor=clerk, key=key())
    done = take_back(SLUG, kept.pk, reason="搞错了")
    assert (done.cases, done.stayed) == (3, (accepted[0].number,))
    assert versions_of(accepted) == [NEXT, "2019", "2019", "2019"]
    assert events_of(accepted[1]) == ["submit", "accept", "migrate", "migrate_back"]
    assert Deadline.objects.get(application=accepted[1], met_at=None).step == "examine"
    assert verify().holds
    again = take_back(SLUG, kept.pk, reason="再来")
    assert (again.cases, again.stayed) == (0, (accepted[0].number,))


def test_cases_of_two_states_that_went_to_one_go_back_each_to_its_own(
    accepted: list[Application], clerk: User
) -> None:
    perform("examine", [accepted[0].pk], actor=clerk, key=key())
    kept = migrate(
        plan(SLUG, "2019", NEXT, states={"checked": "screened", "accepted": "screened"}), reason="x"
    )
    assert [fresh(case).state for case in accepted] == ["screened"] * 4
    take_back(SLUG, kept.pk, reason="y")
    assert [fresh(case).state for case in accepted] == ["checked", "accepted", "accepted", "accepted"]
    assert verify().holds


# ── what the database and the audit hold


def test_database_lets_a_case_go_only_the_way_of_a_migration(
    accepted: list[Application], clerk: User
) -> None:
    migrate(plan(SLUG, "2019", NEXT, states=MAPPED, cases=[accepted[0].pk]), reason="x")
    with connection.cursor() as cursor:
        for way in (
            "policy = '2021'",
            "policy = '2024', state = 'screened'",
            "policy = '2024', state = 'closed'",
        ):
            with pytest.raises(IntegrityError, match="no step of"), transaction.atomic():
                cursor.execute(f"UPDATE workflows_application SET {way} WHERE id = %s", [accepted[1].pk])


def test_audit_names_a_version_that_no_event_tells_of(accepted: list[Application]) -> None:
    migrate(plan(SLUG, "2019", NEXT, cases=[accepted[0].pk]), reason="x")
    # The trigger lets it pass, for a migration goes this way; the events know nothing of it.
    Application.objects.filter(pk=accepted[1].pk).update(policy=NEXT)
    faults = [(fault.application, fault.fault) for fault in verify().faults]
    assert faults == [(accepted[1].pk, "the policy version differs from the events")]


def test_auditor_reads_it_in_the_history(
    accepted: list[Application], open_round: Round, client: Client
) -> None:
    migrate(plan(SLUG, "2019", NEXT, cases=[accepted[0].pk]), reason="新政策施行")
    client.force_login(person_with(Role.AUDITOR, open_round.authority))
    page = client.get(reverse("case_history", args=[accepted[0].pk])).content.decode()
    assert "已迁移到另一政策版本" in page
    assert "2019 → 2024 · 新政策施行" in page


def test_way_of_a_case_is_drawn_on_the_graph_that_it_came_to(
    accepted: list[Application], open_round: Round, client: Client, clerk: User
) -> None:
    perform("examine", [accepted[0].pk], actor=clerk, key=key())
    migrate(plan(SLUG, "2019", NEXT, states=MAPPED, cases=[accepted[0].pk]), reason="x")
    client.force_login(clerk)
    page = client.get(reverse("case_way", args=[accepted[0].pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "已迁移到另一政策版本" in text
    assert "已筛查" in text


def test_steps_that_are_offered_are_those_of_the_other_version(
    accepted: list[Application], clerk: User
) -> None:
    migrate(plan(SLUG, "2019", NEXT, cases=[accepted[0].pk]), reason="x")
    names = [
        {o.step.name for o in offers(fresh(case), clerk)} & {"examine", "screen"} for case in accepted[:2]
    ]
    assert names == [{"screen"}, {"examine"}]


# ── set-based


@pytest.mark.parametrize("n", [1, 4])
def test_statements_do_not_grow_with_the_cases(accepted: list[Application], n: int) -> None:
    chosen = ids_of(accepted[:n])
    User.objects.system()
    with CaptureQueriesContext(connection) as planning:
        made = plan(SLUG, "2019", NEXT, cases=chosen)
    with CaptureQueriesContext(connection) as moving:
        kept = migrate(made, reason="x")
    with CaptureQueriesContext(connection) as back:
        take_back(SLUG, kept.pk, reason="y")
    assert (len(planning), len(moving), len(back)) == (2, 11, 14)


# ── the command


def test_dry_run_shows_the_groups_and_writes_nothing(accepted: list[Application], clerk: User) -> None:
    perform("examine", [accepted[0].pk], actor=clerk, key=key())
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("migrate_cases", SLUG, "--from", "2019", "--to", NEXT, "--dry-run", stdout=out)
    assert ended.value.code == 1
    lines = out.getvalue().splitlines()
    assert lines[0].split() == ["accepted", "→", "accepted", "3"]
    assert lines[1].endswith(f"map it, --map checked=STATE. {accepted[0].number}")
    assert lines[2] == "4 running cases, 1 blocked; 0 finished ones stay on 2019."
    found = json.loads(
        said(
            "migrate_cases",
            SLUG,
            "--from",
            "2019",
            "--to",
            NEXT,
            "--map",
            "checked=screened",
            "--dry-run",
            "--json",
        )
    )
    assert (found["cases"], found["blocked"]) == (4, 0)
    assert versions_of(accepted) == ["2019"] * 4


def test_command_moves_names_its_number_and_takes_back(accepted: list[Application], official: User) -> None:
    found = json.loads(
        said("migrate_cases", SLUG, "--from", "2019", "--to", NEXT, "--round", "2019", "--reason", "新政策", "--json",
             "--by", official.email, "--case", str(accepted[0].number), str(accepted[1].number))
    )  # fmt: skip
    kept = CaseMigration.objects.get(pk=found["migration"])
    assert (kept.cases, kept.operator, versions_of(accepted)) == (2, official, [NEXT, NEXT, "2019", "2019"])
    assert Event.objects.filter(application=accepted[0]).latest("seq").data["operator"] == official.pk
    assert json.loads(said("migrate_cases", SLUG, "--take-back", str(kept.pk), "--reason", "y", "--json")) == {
        "migration": kept.pk, "taken_back": 2, "stayed": [],
    }  # fmt: skip
    kept.refresh_from_db()
    assert (kept.taken_back, kept.taken_back_at is not None) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "2019"), "Name both versions"),
        (("--from", "2019", "--to", NEXT), "needs a reason"),
        (("--from", "2019", "--to", NEXT, "--map", "a-b"), "--map a-b: say STATE=STATE"),
        (("--from", "2019", "--to", NEXT, "--case", "GS0"), "There is no case GS0."),
        (
            ("--from", "2019", "--to", NEXT, "--reason", "x", "--by", "a@b.test"),
            "There is no active account a@b.test.",
        ),
        (
            ("--from", "2019", "--to", NEXT, "--round", "1999", "--reason", "x"),
            "No running case stands under 2019.",
        ),
        (("--take-back", "4711", "--reason", "x"), "There is no migration no. 4711"),
    ],
)
def test_command_refuses_in_words(
    accepted: list[Application], arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        said("migrate_cases", SLUG, *arguments)


def test_command_names_what_is_blocked(accepted: list[Application], clerk: User) -> None:
    perform("examine", [accepted[0].pk], actor=clerk, key=key())
    shown: Any = StringIO()
    with pytest.raises(CommandError, match="1 of 4 cases cannot move to 2024"):
        call_command("migrate_cases", SLUG, "--from", "2019", "--to", NEXT, "--reason", "x", stderr=shown)
    assert accepted[0].number in shown.getvalue()
