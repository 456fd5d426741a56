"""An employer's program fills in an application, sends it, corrects it, and reads what became of each person."""

import hashlib
import io
from uuid import UUID

import pytest

from accounts.models import Role
from forms.roster import write_xlsx
from storage.models import Document, DocumentState
from storage.uploads import verify
from tests.workflows.api.conftest import Program, ok, problem
from tests.workflows.conftest import fresh, person_with
from tests.workflows.test_roster_imports import HEADERS, line
from workflows import roster_imports
from workflows.models import Application, RosterImport

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(open_round, owner, employer):
    return Application.objects.get(pk=ok(Program(owner).send("/cases", {"round": open_round.pk}), 201)["id"])


def test_section_is_saved_as_typed_and_says_what_is_wrong(started, owner):
    program = Program(owner)
    path = f"/cases/{started.pk}/sections/employer"

    saved = ok(program.send(path, {"answers": {"staff_count": "many"}}, method="PATCH"))
    field = {f["name"]: f for f in saved["section"]["fields"]}["staff_count"]
    assert field["typed"] == "many"
    assert field["problem"]
    better = ok(program.send(path, {"answers": {"staff_count": "120"}}, method="PATCH"))
    assert better["form_problems"] == saved["form_problems"] - 1
    problem(program.send(path, {"answers": {"no_such": "1"}}, method="PATCH"), 404, "not_found")
    problem(program.send("/cases/1000000/sections/employer", {"answers": {"staff_count": "1"}}, method="PATCH"),
            404, "not_found")  # fmt: skip


def test_answer_that_a_colleague_changed_meanwhile_stays(started, owner, employer):
    mine, theirs = Program(owner), Program(person_with(Role.AGENT, employer))
    path = f"/cases/{started.pk}/sections/employer"
    ok(mine.send(path, {"answers": {"staff_count": "1"}}, method="PATCH"))
    read = {f["name"]: f["seen"] for s in ok(mine.get(f"/cases/{started.pk}/sections")) for f in s["fields"]}
    ok(theirs.send(path, {"answers": {"staff_count": "2"}}, method="PATCH"))

    asked = {"answers": {"staff_count": "3"}, "seen": {"staff_count": read["staff_count"]}}
    saved = ok(mine.send(path, asked, method="PATCH"))

    assert saved["collisions"] == [{"name": "staff_count", "theirs": "2"}]
    assert fresh(started).answers["staff_count"] == "2"


def test_people_are_added_changed_and_removed(started, owner):
    program = Program(owner)
    path = f"/cases/{started.pk}/people"
    typed = {"name": "林小鹭", "id_kind": "passport", "id_number": "E12345678", "post_kind": "technical",
             "post_level": "middle", "tax_fen": "66830.00"}  # fmt: skip
    made = ok(program.send(path, {"typed": typed}), 201)["person"]
    assert made["typed"]["name"] == "林小鹭"
    assert "E1234" not in made["typed"]["id_number"]
    assert (made["result"], made["award_fen"]) == (None, None)
    assert "hired_on" in {error["at"] for error in made["errors"]}

    changed = ok(program.send(f"{path}/{made['id']}", {"typed": {"hired_on": "2015-01-01"}}, method="PATCH"))
    assert "hired_on" not in {error["at"] for error in changed["person"]["errors"]}
    assert started.people.get().id_number == "E12345678"
    ok(program.send(f"{path}/{made['id']}", method="DELETE"))
    assert ok(program.get(path))["rows"] == []


def test_roster_comes_by_workbook(documents_folder, started, owner):
    program = Program(owner)
    rows = [line("林小鹭", "E12345678"), line("周示例", "E12345679"), line("", "E12345670")]
    data = write_xlsx(HEADERS, rows, title="名单", text_columns=HEADERS)
    announced = {"filename": "名单.xlsx", "size_bytes": len(data), "content_type": ""}
    ticket = ok(program.send(f"/cases/{started.pk}/roster/uploads", announced), 201)
    assert ticket["finish"].endswith(f"/roster/uploads/{ticket['document']}/finish")
    _put(ticket["document"], data)

    digest = {"sha256": hashlib.sha256(data).hexdigest()}
    finish = ticket["finish"].removeprefix("/api/v1")
    found = ok(program.send(finish, digest))
    verify(UUID(ticket["document"]))
    roster_imports.read(found["id"])
    path = f"/cases/{started.pk}/roster/imports/{found['id']}"
    read = ok(program.get(path))
    assert (read["stage"], read["rows_added"], read["rows_with_errors"]) == (RosterImport.Stage.READY, 3, 1)
    assert [(row["row"], row["errors"][0]["at"]) for row in ok(program.get(f"{path}/errors"))["rows"]] == [
        (4, "name")
    ]
    assert ok(program.send(f"{path}/apply"))["stage"] == RosterImport.Stage.APPLIED
    people = ok(program.get(f"/cases/{started.pk}/people"))["rows"]
    assert [person["name"] for person in people] == ["林小鹭", "周示例", ""]


def _put(document, data):
    """What the client posts to the store."""
    from storage.objects import store

    row = Document.objects.get(pk=document)
    store().put(row.incoming_key, io.BytesIO(data), len(data), row.content_type)


def test_paper_is_announced_finished_and_taken_away(documents_folder, started, owner):
    program = Program(owner)
    data = b"%PDF-1.4 not much of one"
    path = f"/cases/{started.pk}/papers/application_form/uploads"
    announced = {"filename": "申报表.pdf", "size_bytes": len(data), "content_type": "application/pdf"}
    problem(program.send(path, {**announced, "filename": "a.exe"}), 415, "wrong_type")
    problem(program.send(path, {**announced, "size_bytes": 10**9}), 413, "too_large")
    ticket = ok(program.send(path, announced), 201)
    _put(ticket["document"], data)

    finish = ticket["finish"].removeprefix("/api/v1")
    assert (
        ok(program.send(finish, {"sha256": hashlib.sha256(data).hexdigest()}))["state"]
        == DocumentState.CHECKING
    )
    held = {e["slug"]: e["held"] for e in ok(program.get(f"/cases/{started.pk}/papers"))}["application_form"]
    assert [paper["filename"] for paper in held] == ["申报表.pdf"]
    problem(program.get(f"/cases/{started.pk}/papers/{held[0]['id']}/content"), 409, "not_verified")
    ok(program.send(f"/cases/{started.pk}/papers/{held[0]['id']}", method="DELETE"))


def test_correction_unlocks_what_was_asked_and_is_answered(draft, owner, clerk):
    employer, office = Program(owner), Program(clerk)
    ok(employer.step(draft.pk, "submit"))
    path = f"/cases/{draft.pk}/sections/employer"
    problem(employer.send(path, {"answers": {"staff_count": "9"}}, method="PATCH"), 409, "locked")
    points = [
        {"kind": "field", "target": "staff_count", "words": "Count again."},
        {"kind": "roster", "words": "?"},
    ]
    ok(office.step(draft.pk, "ask_correction", points=points))
    problem(employer.step(draft.pk, "resubmit"), 409, "blocked")

    ok(employer.send(path, {"answers": {"staff_count": "121"}}, method="PATCH"))
    asked = {p["kind"]: p for p in ok(employer.get(f"/cases/{draft.pk}/points"))}
    assert (asked["field"]["answered"], asked["field"]["changes"][0]["new"]) == (True, "121")
    assert asked["field"]["asked_by"] is None
    ok(
        employer.send(
            f"/cases/{draft.pk}/points/{asked['roster']['id']}", {"answer": "all are right"}, method="PUT"
        )
    )
    assert ok(employer.step(draft.pk, "resubmit"))["case"]["state"] == "submitted"


def test_sealed_number_is_shown_once_and_it_is_an_event(draft, owner, clerk):
    ok(Program(owner).step(draft.pk, "submit"))
    program = Program(clerk)
    person = draft.people.first()

    shown = ok(program.send(f"/cases/{draft.pk}/reveal", {"person": person.pk}, key="once"))
    assert shown["text"] == person.id_number
    problem(
        program.send(f"/cases/{draft.pk}/reveal", {"person": person.pk}, key="once"), 409, "already_shown"
    )
    assert draft.events.filter(step="reveal", actor=clerk).count() == 1
    problem(
        Program(clerk, "cases:write").send(f"/cases/{draft.pk}/reveal", {"person": person.pk}),
        403,
        "scope_needed",
    )
