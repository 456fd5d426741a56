"""A step over all that a search finds: frozen, signed, carried out all or nothing, with a report of the rest."""

import hashlib
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.workflows.conftest import events_of, fresh
from tests.workflows.web.batch_ways import key
from workflows import manifests
from workflows.engine.freeze import obstacles, report
from workflows.engine.perform import perform
from workflows.engine.verify import verify
from workflows.errors import (
    KeyReused,
    ManifestBlocked,
    ManifestMoved,
    ManifestSettled,
    SignatureWrong,
    UnknownStep,
)
from workflows.models import Application, Command, Event, Manifest

pytestmark = pytest.mark.django_db
Drafts = Callable[[int], list[Application]]
SLUG = "talent-tax-rebate"


@pytest.fixture
def cases(many_drafts: Drafts) -> list[Application]:
    """Four submitted cases and one draft."""
    made = many_drafts(5)
    for case in made[:4]:
        perform("submit", [case.pk], actor=case.created_by, key=key())
    return made


def prepared(cases: list[Application], clerk: User, step: str = "accept") -> Manifest:
    found = Application.objects.filter(pk__in=[case.pk for case in cases])
    return manifests.prepare(step, found, actor=clerk, programme=SLUG)


def states(cases: list[Application]) -> list[str]:
    return [fresh(case).state for case in cases]


def test_manifest_counts_who_can_go_and_why_others_cannot(cases: list[Application], clerk: User) -> None:
    Application.objects.filter(pk=cases[1].pk).update(rows_with_errors=3)
    perform("accept", [cases[0].pk, cases[1].pk], actor=clerk, key=key())
    made = prepared(cases, clerk, "examine")
    assert (made.count, made.blocked, made.possible, made.totals["people"]) == (5, 4, 1, 2)
    found = obstacles(made, cases[0].declaration, cases[0].declaration.steps["examine"])
    assert [(o.code, o.apart, o.count) for o in found] == [
        ("state", "submitted", 2),
        ("state", "draft", 1),
        ("roster", "", 1),
    ]
    assert found[2].some == (cases[1].pk,)


def test_fingerprint_is_that_of_ids_and_versions(cases: list[Application], clerk: User) -> None:
    lines = "\n".join(f"{case.pk}:{fresh(case).version}" for case in cases)
    assert prepared(cases, clerk).sha256 == hashlib.sha256(lines.encode()).hexdigest()


def test_all_go_or_none_when_all_are_asked_for(cases: list[Application], clerk: User) -> None:
    made = prepared(cases, clerk)
    with pytest.raises(ManifestBlocked):
        manifests.commit(made, signature=made.sha256, key="k")
    assert states(cases) == ["submitted"] * 4 + ["draft"]
    all_four = prepared(cases[:4], clerk)
    assert manifests.commit(all_four, signature=all_four.sha256, key="k2").count == 4
    assert states(cases) == ["accepted"] * 4 + ["draft"]
    assert verify().holds


def test_the_possible_go_and_the_rest_is_reported(cases: list[Application], clerk: User) -> None:
    made = prepared(cases, clerk)
    done = manifests.commit(made, signature=made.sha256, key="k", mode="possible")
    assert done.count == 4
    rest = list(report(made, cases[0].declaration, cases[0].declaration.steps["accept"]))
    assert [(line.case.pk, [r.code for r in line.reasons]) for line in rest] == [(cases[4].pk, ["state"])]
    assert "Draft" in rest[0].reasons[0].words.en
    assert Manifest.objects.get().stage == "done"


def test_second_commit_with_the_same_key_gives_the_same_answer(cases: list[Application], clerk: User) -> None:
    made = prepared(cases[:4], clerk)
    first = manifests.commit(made, signature=made.sha256, key="k")
    assert manifests.commit(made, signature=made.sha256, key="k") == first
    assert [events_of(case) for case in cases[:4]] == [["submit", "accept"]] * 4
    with pytest.raises(ManifestSettled):
        manifests.commit(made, signature=made.sha256, key="another")
    with pytest.raises(KeyReused):
        manifests.commit(made, signature=made.sha256, key="k", mode="possible")


def test_case_that_changed_after_signing_stops_all_with_its_number(
    cases: list[Application], clerk: User
) -> None:
    made = prepared(cases[:4], clerk)
    perform("claim", [cases[2].pk], actor=clerk, key=key())
    with pytest.raises(ManifestMoved) as caught:
        manifests.commit(made, signature=made.sha256, key="k")
    assert (caught.value.values["count"], caught.value.values["numbers"]) == (1, [fresh(cases[2]).number])
    assert states(cases[:4]) == ["submitted"] * 4
    assert Manifest.objects.get().stage == "ready"


def test_another_signature_is_refused(cases: list[Application], clerk: User) -> None:
    with pytest.raises(SignatureWrong):
        manifests.commit(prepared(cases, clerk), signature="0" * 64, key="k")


def test_unknown_step_is_refused(cases: list[Application], clerk: User) -> None:
    with pytest.raises(UnknownStep):
        prepared(cases, clerk, "fly")


def test_worker_keeps_the_sentence_of_a_refusal(cases: list[Application], clerk: User) -> None:
    made = prepared(cases[:4], clerk)
    manifests.sign(made, signature=made.sha256, key="k")
    perform("accept", [cases[0].pk], actor=clerk, key=key())
    settled = manifests.carry_out(made.pk)
    assert settled is not None
    assert (settled.stage, settled.outcome["code"]) == ("refused", "manifest_moved")
    assert "4 件中有 1 件" in settled.outcome["zh"]


def test_worker_carries_out_once(cases: list[Application], clerk: User) -> None:
    made = prepared(cases[:4], clerk)
    manifests.sign(made, signature=made.sha256, key="k")
    for _ in range(2):
        settled = manifests.carry_out(made.pk)
        assert settled is not None
        assert (settled.stage, settled.outcome["count"]) == ("done", 4)
    assert Command.objects.filter(step="accept").count() == 1


def test_steps_with_an_effect_take_a_manifest(cases: list[Application], clerk: User) -> None:
    perform("accept", [case.pk for case in cases[:4]], actor=clerk, key=key())
    made = prepared(cases[:4], clerk, "examine")
    manifests.commit(made, signature=made.sha256, key="k")
    assert states(cases[:4]) == ["checked"] * 4
    assert {event.data["rows_granted"] for event in Event.objects.filter(step="examine")} == {2}


def test_what_nobody_signed_is_forgotten_after_a_week(cases: list[Application], clerk: User) -> None:
    old, new = prepared(cases, clerk), prepared(cases, clerk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_manifest SET made_at = made_at - interval '8 days' WHERE id = %s", [old.pk]
        )
    assert manifests.forget() == 1
    assert list(Manifest.objects.values_list("pk", flat=True)) == [new.pk]


def test_statements_do_not_grow_with_the_count(many_drafts: Drafts, clerk: User) -> None:
    clerk.memberships  # noqa: B018 - read once a request
    counted = []
    for n in (1, 30):
        cases = many_drafts(n)
        for case in cases:
            perform("submit", [case.pk], actor=case.created_by, key=key())
        with CaptureQueriesContext(connection) as preparing:
            made = prepared(cases, clerk)
        with CaptureQueriesContext(connection) as committing:
            manifests.commit(made, signature=made.sha256, key=key())
        counted.append((len(preparing), len(committing)))
    # Preparing: savepoint, the manifest, the one statement, the sums, release. Committing: savepoint, the manifest,
    # savepoint, the person's roles, lock with guards, versions as signed, the one statement, release, settle, release.
    assert counted == [(5, 10), (5, 10)]


def test_what_was_frozen_cannot_be_altered(cases: list[Application], clerk: User) -> None:
    made = prepared(cases, clerk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        made.parts.update(versions=[0] * 5)
