"""A version is published once, for good; what it declares has one hash, and a change of it is refused."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Role, User
from config.words import T
from tests.workflows.conftest import events_of, fresh, ready_draft
from tests.workflows.next_version import NEXT, SLUG, declared, named, next_version
from workflows.engine.asking import offers, why
from workflows.engine.blind import Blind
from workflows.engine.canonical import bound, canonical
from workflows.engine.declare import Programme, Same, step
from workflows.engine.definition import definition
from workflows.engine.perform import perform
from workflows.engine.spans import versions_between
from workflows.errors import Blocked, NotPublished, UnknownProgramme, UnknownVersion, VersionChanged
from workflows.models import Application, Deadline, Edge, PolicyVersion, Round
from workflows.programmes import registry
from workflows.rounds import WindowReversed
from workflows.rounds import open_round as opened
from workflows.states import ACCEPTED, VERIFIED
from workflows.versions import drifts, publish, publish_missing

__all__ = ["next_version"]
pytestmark = pytest.mark.django_db
HASH = """
import django; django.setup()
from workflows.engine.definition import definition
from workflows.programmes import registry
print(*(definition(p, key).sha256 for p in registry().values() for key in p.policies))
"""


def said(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def altered(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Programme:
    """Today's programme with `changes`, in its place."""
    programme = replace(registry()[SLUG], **changes)
    monkeypatch.setitem(registry(), SLUG, programme)
    return programme


# ── one hash


def test_definition_has_the_same_hash_in_every_process() -> None:
    here = [definition(p, key).sha256 for p in registry().values() for key in p.policies]
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "DJANGO_SETTINGS_MODULE": "config.settings"}
    there = subprocess.run(
        [sys.executable, "-c", HASH], env=environment, capture_output=True, text=True, check=True
    )
    assert there.stdout.split() == here
    assert len(set(here)) == len(here)


def test_definition_holds_conditions_as_trees_and_as_sql() -> None:
    found = definition(registry()[SLUG], "2019")
    approve = found.binds["steps"]["approve"]["when"]
    assert approve["held"] == ["rows_held", 0]
    people = ("prepared_by", "prepared_for", "verified_by", "verified_for")
    assert approve["four_eyes"] == ["AND", *(["NOT", [f"batch__{who}", {"of": "actor"}]] for who in people)]
    said_of = found.reads["steps"]["approve"]["when"]["held"]
    assert said_of["words"]["zh"].startswith("{rows_held} 人暂缓")
    assert '"rows_held" = %s' in said_of["sql"]
    assert found.binds["parameters"]["min_pay_fen"] == 30_000_000
    assert found.binds["rules"]["R04"] == {"when": ["pay_fen__lt", 30_000_000], "result": "refused"}


def test_definition_refuses_what_has_no_stable_form() -> None:
    with pytest.raises(TypeError, match="no stable form"):
        bound({"a": object()})


def test_definition_of_a_version_holds_only_its_own_steps_rules_and_papers(next_version: Programme) -> None:
    old, new = (definition(next_version, key).binds for key in ("2021", NEXT))
    assert ("checked" in old["states"], "checked" in new["states"]) == (True, False)
    assert ("screen" in old["steps"], "screen" in new["steps"], "examine" in new["steps"]) == (
        False,
        True,
        False,
    )
    assert ("R09" in old["rules"], new["order_of_rules"][-1]) == (False, "R09")
    assert ("carbon_report" in old["papers"], "carbon_report" in new["papers"]) == (False, True)


def test_span_names_what_is_wrong() -> None:
    order = ("2018", "2019", "2021")
    assert versions_between(order, "", "", "x") is versions_between(order, "2018", "2021", "x") is None
    assert versions_between(order, "2019", "", "x") == ("2019", "2021")
    with pytest.raises(
        ValueError, match="step 'a': there is no policy version '2020', only 2018, 2019, 2021"
    ):
        versions_between(order, "2020", "", "step 'a'")
    with pytest.raises(ValueError, match="since '2021' comes after until '2018'"):
        versions_between(order, "2021", "2018", "step 'a'")


# ── publishing


def test_blind_mode_binds_a_published_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is told what cannot be changed silently; the default writes nothing, so what stands published holds."""
    plain = definition(registry()[SLUG], "2021")
    publish(SLUG, "2021")
    assert "blind" not in plain.binds["programme"]
    assert definition(altered(monkeypatch, blind=Blind()), "2021").sha256 == plain.sha256

    altered(monkeypatch, blind=Blind(applicants=True, fields=("industry",)))
    with pytest.raises(VersionChanged) as refused:
        publish(SLUG, "2021")
    assert "blind" in str(refused.value.sentence)
    (found,) = [drift for drift in drifts() if drift.policy == "2021" and drift.programme == SLUG]
    assert found.binds


def test_publish_keeps_the_definition_and_counts(next_version: Programme, official: User) -> None:
    before = PolicyVersion.objects.filter(programme=SLUG).count()
    version, new = publish(SLUG, NEXT, by=official, note="新政策")
    assert (new, version.number, version.published_by, version.note) == (True, before + 1, official, "新政策")
    assert version.definition == definition(next_version, NEXT).canonical
    assert publish(SLUG, NEXT) == (version, False)


def test_publish_command_prints_json_and_nothing_else(next_version: Programme) -> None:
    found = json.loads(said("publish_version", SLUG, NEXT, "--json"))
    assert (found["key"], found["published_now"]) == (NEXT, True)
    assert found["sha256"] == definition(next_version, NEXT).sha256
    assert json.loads(said("publish_version", SLUG, NEXT, "--json"))["published_now"] is False
    assert said("publish_version", SLUG, NEXT).startswith(
        "Published before, and unchanged: talent-tax-rebate 2024"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((SLUG, "2035"), "declares no policy version 2035. It declares: 2018, 2019, 2021."),
        (("no-such", "2019"), "There is no programme “no-such”."),
        ((SLUG, "2019", "--by", "nobody@example.test"), "There is no active account nobody@example.test."),
    ],
)
def test_publish_command_refuses_in_words(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said("publish_version", *arguments)


def test_unknown_versions_are_refused() -> None:
    with pytest.raises(UnknownProgramme):
        publish("no-such", "2019")
    with pytest.raises(UnknownVersion):
        publish(SLUG, "2035")


TOUCHES = (
    "UPDATE workflows_policyversion SET note = 'x'",
    "UPDATE workflows_policyversion SET definition = '{}', sha256 = encode(sha256('{}'), 'hex')",
    "DELETE FROM workflows_policyversion",
    "TRUNCATE workflows_policyversion CASCADE",
)
# Whoever owns the database may take its triggers away; the account of the product must not be able to.
TAKES_THE_TRIGGER_AWAY = (
    "ALTER TABLE workflows_policyversion DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
)


@pytest.mark.parametrize("statement", TOUCHES)
def test_published_version_cannot_be_touched_by_the_owner(statement: str) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="is refused"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", [*TOUCHES, *TAKES_THE_TRIGGER_AWAY])
def test_published_version_cannot_be_touched_by_somebody_with_every_right_on_the_table(
    statement: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE bailu_plain NOSUPERUSER")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO bailu_plain")
        cursor.execute("SET LOCAL ROLE bailu_plain")
        refused = pytest.raises(DatabaseError, match=r"is refused|permission denied|must be owner")
        with refused, transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")


def test_database_refuses_a_hash_of_something_else() -> None:
    with pytest.raises(IntegrityError, match="version_hash"), transaction.atomic():
        PolicyVersion.objects.create(programme=SLUG, key="x", number=99, definition="{}", sha256="0" * 64)


def test_missing_versions_are_published_whatever_the_others_have_become(
    next_version: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = registry()[SLUG]
    altered(monkeypatch, policies={**today.policies, "2019": replace(today.policies["2019"], min_pay_fen=1)})
    assert [version.key for version in publish_missing()] == [NEXT]
    assert publish_missing() == []


# ── a change of what is published


def test_words_of_a_published_version_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    altered(monkeypatch, title=T("Another title", "另一个名称"))
    assert {(d.policy, d.binds, d.words_changed) for d in drifts()} == {
        ("2018", False, True), ("2019", False, True), ("2021", False, True),
    }  # fmt: skip
    assert json.loads(said("check_versions", "--json"))["holds"] is True
    assert {found.id for found in run_checks(tags=[Tags.database], databases=["default"])} == {
        "workflows.I001"
    }


def test_housekeeping_may_be_added_to_a_published_version(monkeypatch: pytest.MonkeyPatch) -> None:
    look = named("look", step(ACCEPTED, Same, label=T("Look", "查看"), by=Role.AUDITOR))
    altered(monkeypatch, steps={**registry()[SLUG].steps, "look": look})
    assert [drift.binds for drift in drifts()] == [False, False, False]


def test_version_published_with_housekeeping_among_its_steps_still_holds(next_version: Programme) -> None:
    found = definition(next_version, NEXT)
    steps = {**found.binds["steps"], **found.reads["housekeeping"]}
    text = canonical({**json.loads(found.canonical), "binds": {**found.binds, "steps": steps}})
    digest = hashlib.sha256(text.encode()).hexdigest()
    PolicyVersion.objects.create(programme=SLUG, key=NEXT, number=99, definition=text, sha256=digest)
    assert {"claim", "reveal"} <= found.reads["housekeeping"].keys()
    assert [(drift.policy, drift.binds) for drift in drifts()] == [(NEXT, False)]


def test_step_that_stays_and_needs_a_reason_is_policy() -> None:
    found = definition(registry()[SLUG], "2019")
    assert {"send_back", "hold_person", "recheck"} <= found.binds["steps"].keys()


def test_move_may_not_be_added_to_a_published_version(monkeypatch: pytest.MonkeyPatch) -> None:
    jump = named("jump", step(ACCEPTED, VERIFIED, label=T("Jump", "跳过"), by=Role.CLERK))
    altered(monkeypatch, steps={**registry()[SLUG].steps, "jump": jump})
    assert {(c.section, c.name) for drift in drifts() for c in drift.changes} == {
        ("edges", "accepted → verified"), ("steps", "jump"),
    }  # fmt: skip


def test_what_a_published_version_decides_may_not_change(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    today = registry()[SLUG]
    altered(
        monkeypatch,
        policies={**today.policies, "2019": replace(today.policies["2019"], min_pay_fen=1)},
    )
    (drift,) = drifts()
    assert (drift.policy, [(c.section, c.name) for c in drift.changes]) == (
        "2019", [("rules", "R04.when"), ("parameters", "min_pay_fen")],
    )  # fmt: skip
    with pytest.raises(VersionChanged) as caught:
        publish(SLUG, "2019")
    assert "rules R04.when, parameters min_pay_fen" in str(caught.value.sentence.en)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_versions", "--json", stdout=out)
    assert (ended.value.code, json.loads(out.getvalue())["holds"]) == (1, False)
    for demo, said_as in ((False, ("workflows.E001", True)), (True, ("workflows.W001", False))):
        settings.DEMO = demo
        (error,) = run_checks(tags=[Tags.database], databases=["default"])
        assert (error.id, error.is_serious()) == said_as
        assert "rules R04.when changed" in error.msg


def test_version_that_is_published_and_not_declared_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    today = registry()[SLUG]
    altered(monkeypatch, policies={k: v for k, v in today.policies.items() if k != "2018"})
    (drift,) = drifts()
    assert (drift.policy, drift.missing, drift.binds) == ("2018", True, True)


def test_new_version_leaves_the_published_ones_as_they_are(next_version: Programme) -> None:
    assert [d for d in drifts() if d.binds] == []
    assert said("check_versions").endswith("published versions are declared as they were published.\n")


def test_check_asks_one_query_however_many_versions(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert drifts() == []


def test_public_reads_of_published_versions_alone(next_version: Programme, client: Client) -> None:
    page = client.get(reverse("guide", args=[SLUG])).content.decode()
    assert ("碳排放报告" in page, NEXT in page) == (False, False)
    publish(SLUG, NEXT)
    page = client.get(reverse("guide", args=[SLUG])).content.decode()
    assert ("碳排放报告" in page, NEXT in page) == (True, True)


# ── rounds


def test_round_on_an_unpublished_version_is_refused(
    next_version: Programme, association: Organisation, authority: Organisation, open_round: Round
) -> None:
    more = {
        "handler": association,
        "authority": authority,
        "opens_at": open_round.opens_at,
        "closes_at": open_round.closes_at,
    }
    with pytest.raises(NotPublished) as caught:
        opened(SLUG, NEXT, 2024, **more)
    assert "publish_version talent-tax-rebate 2024" in caught.value.sentence.en
    with pytest.raises(IntegrityError, match="round_version"), transaction.atomic():
        Round.objects.filter(pk=open_round.pk).update(policy=NEXT)
    publish(SLUG, NEXT)
    assert opened(SLUG, NEXT, 2024, **more).policy == NEXT
    with pytest.raises(UnknownVersion):
        opened(SLUG, "2035", 2024, **more)
    with pytest.raises(WindowReversed):
        opened(SLUG, NEXT, 2024, **{**more, "closes_at": open_round.opens_at})


# ── every version on its own graph


@pytest.fixture
def both(
    next_version: Programme, open_round: Round, association: Organisation, authority: Organisation,
    many_drafts: Callable[[int], list[Application]], clerk: User,
) -> tuple[Application, Application]:  # fmt: skip
    """An accepted case of 2019 and one of 2024."""
    publish(SLUG, NEXT)
    later = opened(
        SLUG, NEXT, 2024, handler=association, authority=authority, opens_at=open_round.opens_at,
        closes_at=open_round.closes_at,
    )  # fmt: skip
    (old,) = many_drafts(1)
    new = ready_draft(later, old.applicant, old.created_by)
    for case in (old, new):
        perform("submit", [case.pk], actor=case.created_by, key=f"s{case.pk}")
    perform("accept", [old.pk, new.pk], actor=clerk, key="a")
    return fresh(old), fresh(new)


def test_step_of_one_version_is_offered_and_taken_in_that_version_alone(
    both: tuple[Application, Application], clerk: User
) -> None:
    old, new = both
    offered = [{o.step.name for o in offers(case, clerk)} & {"examine", "screen"} for case in both]
    assert offered == [{"examine"}, {"screen"}]
    (reason,) = why("screen", old, clerk)
    assert (reason.code, reason.words.zh) == ("version", "本件适用的政策版本（2019）没有这一步骤。")
    with pytest.raises(Blocked):
        perform("examine", [old.pk, new.pk], actor=clerk, key="x")
    perform("examine", [old.pk], actor=clerk, key="e")
    perform("screen", [new.pk], actor=clerk, key="n")
    assert [fresh(case).state for case in both] == ["checked", "screened"]


def test_each_version_has_its_own_deadline_in_one_batch(both: tuple[Application, Application]) -> None:
    due = dict(Deadline.objects.filter(application__in=both, met_at=None).values_list("application", "step"))
    assert due == {both[0].pk: "examine", both[1].pk: "screen"}
    days = [fresh(case).due_on for case in both]
    assert None not in days
    assert days[0] > days[1]  # type: ignore[operator]


def test_database_refuses_an_edge_of_another_version(both: tuple[Application, Application]) -> None:
    old, new = both
    with connection.cursor() as cursor:
        for pk, state in ((old.pk, "screened"), (new.pk, "checked")):
            with pytest.raises(IntegrityError, match="no step of"), transaction.atomic():
                cursor.execute("UPDATE workflows_application SET state = %s WHERE id = %s", [state, pk])


def test_database_refuses_another_version_without_a_migration(both: tuple[Application, Application]) -> None:
    with (
        pytest.raises(IntegrityError, match="no step of talent-tax-rebate 2019 leads from accepted"),
        transaction.atomic(),
    ):
        Application.objects.filter(pk=both[0].pk).update(policy=NEXT)
    assert events_of(both[0]) == ["submit", "accept"]


def test_edges_are_those_of_each_version(next_version: Programme) -> None:
    kept = {
        policy: set(
            Edge.objects.filter(programme=SLUG, policy=policy).values_list("source", "step", "target")
        )
        for policy in next_version.policies
    }
    assert kept == {policy: set(next_version.edges(policy)) for policy in next_version.policies}
    assert kept["2018"] == kept["2021"] != kept[NEXT]
    assert [str(s) for s in declared().states_in(NEXT)][-1] == "screened"
