"""The dossier: what it holds, for whom, and that the program beside it proves it and names what was altered."""

import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest

from accounts.models import Role, User
from launch.places import ROOT
from tests.workflows.conftest import events_of, fresh, person_with, ready_draft
from tests.workflows.web.journeys import noticed, submitted
from workflows import checkpoints
from workflows.dossier.giving import Given, NotDecided, give
from workflows.dossier.paper import pdf_of
from workflows.dossier.plain import canonical
from workflows.engine.verify import verify
from workflows.models import Application, AuditCheckpoint, Event
from workflows.versions import publish

pytestmark = pytest.mark.django_db
PROGRAM = ROOT / "tools" / "verify_dossier.py"


@pytest.fixture
def auditor(authority) -> User:
    return person_with(Role.AUDITOR, authority)


@pytest.fixture
def case(open_round, employer, owner, clerk, official, second_official) -> Application:
    """On public notice; of three people one has too low a pay."""
    publish("talent-tax-rebate", "2019")
    draft = ready_draft(open_round, employer, owner, {}, {"pay_fen": 20_000_000}, {"id_number": "E99999999"})
    noticed([draft], open_round, clerk=clerk, verifier=second_official, official=official)
    checkpoints.take()
    return fresh(draft)


@pytest.fixture
def given(case, auditor) -> Given:
    return give(case, actor=auditor, key="k", form="json", staff=True)


def proven(document: dict[str, Any], folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """What the program says of a file, run by a Python that knows nothing of the project."""
    file = folder / "dossier.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(PROGRAM), str(file), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env={})
    return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}


def test_dossier_holds_every_event_and_the_program_proves_it(given, case, tmp_path):
    status, said = proven(given.document, tmp_path)

    steps = events_of(case)
    assert steps[-1] == "give_dossier"
    assert [event["step"] for event in given.dossier["events"]] == steps[:-1]
    assert (status, said) == (
        0,
        {"holds": True, "events": len(steps) - 1, "shown": len(steps) - 1, "faults": []},
    )


def test_giving_it_out_is_an_event_that_seals_its_content(given, case, auditor):
    event = Event.objects.get(application=case, step="give_dossier")

    assert (event.actor, event.data["form"], event.data["reader"]) == (auditor, "json", "staff")
    assert bytes(event.hash).hex() == given.seal["hash"]
    assert fresh(case).state == case.state
    assert verify().holds


Alter = Callable[[dict[str, Any]], Any]
ALTERED: dict[str, tuple[Alter, str]] = {
    "reason": (lambda d: d["events"][3].update(reason="另一个理由"), "Event 4 (verify) is altered: reason"),
    "time": (lambda d: d["events"][1].update(at="2019-01-01T00:00:00.000000Z"), "Event 2 (accept) is altered: at"),
    "data": (lambda d: d["events"][2]["data"].update(amount_fen=1), "Event 3 (examine) is altered: data"),
    "hashed": (
        lambda d: d["events"][5].update(hashed=d["events"][5]["hashed"].replace("approve", "APPROVE")),
        "Event 6 (approve) is altered: its hash",
    ),
    "missing": (lambda d: d["events"].pop(4), "Event 6 (approve) should be number 5"),
    "last": (lambda d: d["events"].pop(), "The tip is not the last event"),
    "link": (lambda d: d["events"][2].update(prev_hash="00"), "Event 3 (examine) does not follow"),
    "person": (lambda d: d["people"][1].update(result="granted", award_fen=9), "The content is not the one"),
    "paper": (lambda d: d["policy"]["parameters"].update(min_pay_fen=1), "The content is not the one"),
    "definition": (lambda d: d["policy"]["published"].update(definition="{}"), "not the one that was published"),
    "state": (lambda d: d["application"].update(state="closed"), "The state is not that of the last event"),
    "anchor": (lambda d: d["anchors"][0].update(tips_sha256="0" * 64), "its hash is not that of its tips"),
    "anchored": (lambda d: d["anchors"][0].update(hash="0" * 64), "anchored another event"),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
def test_program_names_what_was_altered(given, tmp_path, what):
    alter, expected = ALTERED[what]
    document = json.loads(json.dumps(given.document))
    alter(document["dossier"])

    status, said = proven(document, tmp_path)

    assert status == 1
    assert any(expected in fault for fault in said["faults"]), said


def test_chain_that_was_made_anew_differs_from_the_anchor_that_was_kept(given, tmp_path):
    kept = AuditCheckpoint.objects.get().tips_sha256

    assert proven(given.document, tmp_path, "--anchor", kept)[0] == 0
    status, said = proven(given.document, tmp_path, "--anchor", "f" * 64)
    assert (status, said["faults"]) == (
        1,
        ["The anchor that was kept elsewhere is not among those of the dossier."],
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"dossier": {"format": "other", "events": []}}', "null"])
def test_what_is_no_dossier_is_said_to_be_none(tmp_path, text):
    file = tmp_path / "x.json"
    file.write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), str(file)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "no dossier" in done.stderr and "Traceback" not in done.stderr


def test_each_person_stands_with_the_rule_and_its_arithmetic(given):
    first, second, _ = given.dossier["people"]

    assert (first["result"], first["award_fen"]) == ("granted", 668_300)
    assert first["why"]["en"] == "Award in yuan: 66,830.00 × 0.40 × 0.25 = 6,683.00."
    assert (second["result"], second["rule"], second["award_fen"]) == ("refused", "R04", 0)
    assert second["why"]["en"] == "Yearly pay 200,000.00 is under 300,000.00 yuan."
    assert given.dossier["policy"]["parameters"]["min_pay_fen"] == 30_000_000


def test_guards_stand_with_the_facts_that_the_event_recorded(given):
    approve = next(event for event in given.dossier["events"] if event["step"] == "approve")

    codes = [guard["code"] for guard in approve["guards"]]
    assert {"held", "dispute", "none_granted"} <= set(codes)
    assert all(guard["held"] for guard in approve["guards"])
    submit = given.dossier["events"][0]
    assert submit["data"]["rows_total"] == 3


def test_notice_and_batch_stand_with_their_hashes(given, case):
    notice = case.batch.notice

    assert given.dossier["notice"]["sha256"] == notice.sha256
    assert [line["name"] for line in given.dossier["notice"]["lines"]] == [
        line.person_name for line in notice.lines.order_by("position")
    ]
    assert given.dossier["batch"]["number"] == case.batch.number


def test_personal_numbers_are_masked(given, case):
    text = canonical(given.document)

    assert "E99999999" not in text and "350299199001150013" not in text and "1234567890123456" not in text
    assert {person["id_number"] for person in given.dossier["people"]} == {"＊＊＊＊＊＊＊＊＊"}


def test_applicant_gets_their_own_parts_and_a_chain_that_still_proves(case, owner, tmp_path):
    given = give(case, actor=owner, key="k", form="json", staff=False)

    status, said = proven(given.document, tmp_path)
    assert (status, said["faults"]) == (0, [])
    shown = [event["step"] for event in given.dossier["events"] if "hashed" in event]
    assert shown == ["submit", "accept", "approve", "release_notice"]
    # What the office found out on its way is not theirs to read.
    assert [e.get("data") for e in given.dossier["events"] if e.get("step") in ("examine", "verify")] == [
        None,
        None,
    ]
    names = {event.get("actor_name") for event in given.dossier["events"]} - {None, ""}
    assert names == {owner.name}
    assert all("record_tax_fen" not in person["facts"] for person in given.dossier["people"])
    assert all("tips" not in anchor for anchor in given.dossier["anchors"])


def test_applicant_is_not_given_a_dossier_before_a_decision(draft, owner):
    case = submitted(draft)

    with pytest.raises(NotDecided):
        give(case, actor=owner, key="k", form="json", staff=False)
    assert "give_dossier" not in events_of(case)


def test_every_dossier_that_is_given_has_an_event_of_its_own(case, auditor):
    first = give(case, actor=auditor, key="k", form="json", staff=True)
    second = give(case, actor=auditor, key="k", form="pdf", staff=True)

    assert events_of(case)[-2:] == ["give_dossier", "give_dossier"]
    assert second.dossier["events"][-1]["hash"] == first.seal["hash"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_paper_carries_its_own_data(given, language, tmp_path):
    reader = pypdf.PdfReader(BytesIO(pdf_of(given, language)))

    text = "".join(page.extract_text() for page in reader.pages)
    assert given.dossier["application"]["number"] in text
    assert (
        "Award in yuan: 66,830.00 × 0.40 × 0.25" if language == "en" else "66,830.00 × 0.40 × 0.25"
    ) in text
    assert given.seal["hash"] in text.replace("\n", "")
    (attached,) = reader.attachments["dossier.json"]
    assert proven(json.loads(attached), tmp_path)[0] == 0


def test_words_of_people_are_words_also_where_typst_would_read_commands(
    open_round, employer, owner, clerk, auditor
):
    case = submitted(ready_draft(open_round, employer, owner, {"name": '#panic("x") $ * _ ` < @ \\'}))
    given = give(case, actor=auditor, key="k", form="pdf", staff=True)

    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf_of(given, "en"))).pages)
    assert '#panic("x")' in text


def test_program_with_a_token_is_given_what_its_person_would_be(case, auditor, owner, tmp_path):
    from tests.workflows.api.conftest import Program

    whole = Program(auditor).send(f"/cases/{case.pk}/dossier")
    own = Program(owner).send(f"/cases/{case.pk}/dossier")

    assert [answer.json()["dossier"]["reader"] for answer in (whole, own)] == ["staff", "applicant"]
    assert proven(whole.json(), tmp_path)[0] == proven(own.json(), tmp_path)[0] == 0
    assert events_of(case)[-2:] == ["give_dossier", "give_dossier"]
