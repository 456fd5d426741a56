"""The stand-alone program comes to the same certificate, and names what was altered; so does the command."""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import CommandError, call_command

from config.errors import Refusal
from launch.places import ROOT
from tests.workflows.review.drawn import (
    DRAWN,
    LOTTERY,
    NUMBER,
    OFFICIALS,
    announced,
    drawn,
    expert,
    reveals,
)
from workflows.dossier.plain import canonical
from workflows.review.draw.drawing import Draw, Leaving, certificate, sha256_of
from workflows.review.draw.moments import moment
from workflows.review.draw.paper import pdf_of
from workflows.review.draw.pool import Exclusion, Panel, Quota
from workflows.review.draw.reading import AlteredDraw, UnreadableDraw, draw_of
from workflows.review.draw.seeds import CommitReveal

PROGRAM = ROOT / "tools" / "replay_draw.py"
PANEL = Panel(
    7, ("软件", "安全"), fields={"安全": Quota(2), "财务": Quota(1, 1)}, employers={"单位1": Quota(0, 2)}
)


def people():
    return [
        expert(number, f"单位{number % 17}", *(("软件", "安全"), ("软件",), ("财务",), ("管理",))[number % 4])
        for number in range(60)
    ]


@pytest.fixture(scope="module")
def draw() -> Draw:
    announcement = announced(people(), PANEL, [Exclusion(expert(900), "same_employer", "合同 2024")])
    first = certificate(drawn(announcement))["panel"]
    leavings = (
        Leaving(first[2], "declined", DRAWN + timedelta(hours=1), "出差"),
        Leaving(first[0], "no_answer", DRAWN + timedelta(hours=2)),
    )
    return drawn(announcement, leavings=leavings)


@pytest.fixture(scope="module")
def found(draw) -> dict[str, Any]:
    return certificate(draw)


@pytest.fixture(scope="module")
def by_secrets() -> dict[str, Any]:
    announcement = announced(people(), PANEL, method=CommitReveal(OFFICIALS))
    return certificate(Draw(announcement, reveals(announcement), DRAWN))


def copy_of(found: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(found)))


def replayed(found: dict[str, Any], folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """What the program says, copied into a folder of its own and run by a Python that knows nothing of the project."""
    shutil.copy(PROGRAM, folder)
    (folder / "certificate.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-I", "-S", "replay_draw.py", "certificate.json", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env={})
    return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}


def test_program_comes_to_the_same_panel_with_nothing_but_python(found, tmp_path):
    status, said = replayed(found, tmp_path)

    assert (status, said) == (0, {"holds": True, "panel": found["panel"], "faults": []})
    assert len(found["replacements"]) == 2


def test_program_replays_the_secrets_of_officials(by_secrets, tmp_path):
    assert replayed(by_secrets, tmp_path)[0] == 0


Alter = Callable[[dict[str, Any]], Any]


def swap(found: dict[str, Any]) -> None:
    order = found["order"]
    order[40], order[41] = order[41], order[40]


def reseal(found: dict[str, Any]) -> None:
    """Somebody joins the pool, and the forger even hashes the announcement anew."""
    found["announcement"]["pool"].append(
        {"code": "E999", "name": "友人", "employer": "单位999", "fields": ["软件"]}
    )
    said = canonical(found["announcement"]).encode()
    found["announcement_sha256"] = hashlib.sha256(said).hexdigest()


ALTERED: dict[str, tuple[Alter, str]] = {
    "candidate": (
        lambda c: c["announcement"]["pool"][5].update(employer="别处"),
        "The announcement is altered: its hash",
    ),
    "candidate removed": (lambda c: c["announcement"]["pool"].pop(3), "The announcement is altered"),
    "candidate added": (reseal, "The order is not the one that the key gives"),
    "exclusion": (lambda c: c["announcement"]["excluded"].clear(), "The announcement is altered"),
    "quota": (lambda c: c["announcement"]["panel"].update(seats=5), "The announcement is altered"),
    "order": (swap, "The order is not the one that the key gives"),
    "seed": (lambda c: c["seed"]["numbers"].update({NUMBER.name: [2]}), "The key is not the one that the seed gives"),
    "seed out of range": (lambda c: c["seed"]["numbers"].update({NUMBER.name: [-1]}), "cannot have come out as [-1]"),
    "key": (lambda c: c.update(key="1./"), "The key is not the one"),
    "walk": (lambda c: c["walk"][0].update(passed="employer_full"), "The walk differs at place 1"),
    "step left out": (lambda c: c["walk"].pop(), "The walk has "),
    "panel": (lambda c: c["panel"].reverse(), "The panel is not the one that was drawn"),
    "successor": (
        lambda c: c["replacements"][0].update({"in": c["order"][-1]}),
        "Replacement 1: the successor is not the one",
    ),
    "reason": (
        lambda c: c["replacements"][0].update(words="另有原因"),
        "Replacement 2 does not continue the certificate before it",
    ),
    "replacement left out": (lambda c: c["replacements"].pop(), "The panel is not the one"),
    "time": (lambda c: c.update(drawn_at="2026-11-20T02:00:00.000000Z"), "or after the draw"),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
def test_program_and_project_name_what_was_altered(found, tmp_path, what):
    alter, expected = ALTERED[what]
    document = copy_of(found)
    alter(document)

    status, said = replayed(document, tmp_path)

    assert status == 1
    assert any(expected in fault for fault in said["faults"]), said
    if what not in {"reason", "replacement left out"}:  # Those need the certificate that was continued.
        with pytest.raises(Refusal):
            draw_of(document)


def test_forged_secret_is_found(by_secrets, tmp_path):
    document = copy_of(by_secrets)
    document["seed"]["reveals"][0]["secret"] = "f" * 64

    assert any("revealed another secret" in fault for fault in replayed(document, tmp_path)[1]["faults"])


def test_certificate_that_was_made_anew_differs_from_what_is_known_elsewhere(found, draw, tmp_path):
    forged = certificate(drawn(draw.announcement, 4711))
    lottery = f"{LOTTERY.name}=3,9,12,17,22,30"

    assert replayed(forged, tmp_path)[0] == 0
    assert replayed(found, tmp_path, "--announced", draw.announcement.sha256, "--seed", lottery)[0] == 0
    assert replayed(found, tmp_path, "--announced", "0" * 64)[1]["faults"] == [
        "The announcement is not the one whose hash was published."
    ]
    (fault,) = replayed(forged, tmp_path, "--seed", f"{NUMBER.name}=1")[1]["faults"]
    assert fault.endswith("is 1, the draw used [4711].")


def test_later_certificate_continues_the_earlier_one(found, draw, tmp_path):
    earlier = certificate(Draw(draw.announcement, draw.seed, draw.drawn_at, draw.leavings[:1]))
    file = tmp_path / "earlier.json"
    file.write_text(json.dumps(earlier), encoding="utf-8")

    assert found["replacements"][1]["continues"] == sha256_of(earlier)
    assert replayed(found, tmp_path, "--earlier", str(file))[0] == 0
    other = certificate(drawn(draw.announcement, 2))
    assert replayed(other, tmp_path, "--earlier", str(file))[0] == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "bailu-dossier/1"}', '{"format": "bailu-draw/1"}']
)
def test_what_is_no_certificate_is_told_apart_from_an_altered_one(text, tmp_path):
    file = tmp_path / "c.json"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), str(file)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stderr.startswith("This is no certificate that can be read")


def test_certificate_is_read_back_as_what_it_follows_from(found, draw):
    read = draw_of(copy_of(found))

    assert certificate(read) == found
    assert read.leavings == draw.leavings


@pytest.mark.parametrize(
    ("alter", "where"),
    [
        (lambda c: c.pop("announcement"), "certificate: “announcement” is missing"),
        (
            lambda c: c["announcement"]["panel"].update(seats="7"),
            "announcement.panel.seats: it is not a whole number",
        ),
        (
            lambda c: c["announcement"]["panel"].update(seats=True),
            "announcement.panel.seats: it is not a whole",
        ),
        (lambda c: c["announcement"]["pool"][3].pop("name"), "announcement.pool[3]: “name” is missing"),
        (lambda c: c["announcement"].update(salt="\ud800"), "announcement.salt: it holds half a character"),
        (lambda c: c.update(drawn_at="yesterday"), "certificate.drawn_at: it is no time such as"),
        (lambda c: c.update(drawn_at="2026-11-22T01:00:00"), "certificate.drawn_at: it is no time such as"),
        (lambda c: c["announcement"].update(seed={"kind": "dice"}), "“kind” is “named” or “commit_reveal”"),
        (lambda c: c["announcement"]["panel"]["fields"].update({"软件": [1]}), "a quota is two numbers"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(found, alter, where):
    document = copy_of(found)
    alter(document)

    with pytest.raises(UnreadableDraw) as refused:
        draw_of(document)

    assert where in refused.value.sentence.en


def test_altered_certificate_gets_no_successor(found):
    document = copy_of(found)
    document["panel"].reverse()

    with pytest.raises(AlteredDraw) as refused:
        draw_of(document)

    assert "panel is not what announcement and seed give" in refused.value.sentence.en


@pytest.mark.parametrize(("language", "says"), [("zh-hans", "补抽 1"), ("en", "Replacement 1")])
def test_paper_carries_the_certificate(found, tmp_path, language, says):
    paper = pypdf.PdfReader(BytesIO(pdf_of(found, language)))
    text = "".join(page.extract_text() for page in paper.pages)

    (attached,) = paper.attachments["certificate.json"]
    assert replayed(json.loads(attached), tmp_path)[0] == 0
    assert says in text
    assert "RFC 3797" in text


def run(folder: Path, verb: str, *arguments: object) -> tuple[dict[str, Any], str]:
    """A verb of the command: what it prints, and its note."""
    out, note = StringIO(), StringIO()
    call_command("draw_panel", verb, *map(str, arguments), stdout=out, stderr=note)
    return (json.loads(out.getvalue()) if out.getvalue() else {}), note.getvalue()


def written(folder: Path, name: str, data: Any) -> Path:
    file = folder / name
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return file


def request(seed: dict[str, Any]) -> dict[str, Any]:
    said = announced(people(), PANEL).as_json()
    return {name: said[name] for name in ("title", "number", "panel", "rules", "pool", "excluded")} | {
        "seed": seed
    }


def test_command_goes_from_the_pool_to_the_paper(tmp_path):
    seed = {"kind": "commit_reveal", "officials": list(OFFICIALS)}
    announcement, note = run(tmp_path, "freeze", written(tmp_path, "pool.json", request(seed)))
    frozen = written(tmp_path, "announcement.json", announcement)
    revealed = []
    for number, official in enumerate(OFFICIALS):
        secret = tmp_path / f"secret-{number}.json"
        run(tmp_path, "commit", frozen, "--official", official, "--keep", secret)
    for number in range(2):
        said, _ = run(tmp_path, "reveal", tmp_path / f"secret-{number}.json")
        revealed.append(f"--reveal={written(tmp_path, f'reveal-{number}.json', said)}")
    first, _ = run(tmp_path, "draw", frozen, *revealed)
    before = written(tmp_path, "first.json", first)
    after, _ = run(
        tmp_path, "replace", before, "--out", first["panel"][3], "--reason", "declined", "--words", "出差"
    )
    run(
        tmp_path,
        "paper",
        written(tmp_path, "after.json", after),
        "--to",
        tmp_path / "c.pdf",
        "--language",
        "en",
    )

    assert (tmp_path / "secret-0.json").stat().st_mode & 0o777 == 0o600
    assert note.strip().endswith(first["announcement_sha256"])
    assert replayed(after, tmp_path, "--earlier", str(before), "--announced", note.split()[-1])[0] == 0
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")


def test_command_draws_with_a_seed_that_was_named(tmp_path):
    known = datetime.now(UTC) + timedelta(seconds=0.5)
    source = {"name": "抽签", "numbers": 1, "lowest": 0, "highest": 10**12, "known_at": moment(known)}
    pool = written(tmp_path, "pool.json", request({"kind": "named", "sources": [source]}))
    frozen = written(tmp_path, "announcement.json", run(tmp_path, "freeze", pool)[0])
    seed = written(tmp_path, "seed.json", {"numbers": {"抽签": [123456]}})

    with pytest.raises(CommandError, match="“抽签” is not known yet"):
        run(tmp_path, "draw", frozen, "--seed", seed)
    time.sleep(max(0.0, (known - datetime.now(UTC)).total_seconds()) + 0.01)
    with pytest.raises(CommandError, match="This is not what was announced"):
        run(tmp_path, "draw", frozen, "--seed", seed, "--announced", "0" * 64)
    found, _ = run(tmp_path, "draw", frozen, "--seed", seed)

    assert found["key"] == "123456./17./"
    assert replayed(found, tmp_path)[0] == 0


def test_command_says_what_is_wrong(tmp_path):
    frozen = written(tmp_path, "a.json", announced(people(), PANEL).as_json())
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")

    with pytest.raises(CommandError, match=r"broken\.json cannot be read as JSON"):
        run(tmp_path, "freeze", broken)
    with pytest.raises(CommandError, match="“王敏” is not among the officials"):
        run(tmp_path, "commit", frozen, "--official", "王敏", "--keep", tmp_path / "s.json")
    with pytest.raises(CommandError, match="seed: “reveals” is missing"):
        run(tmp_path, "draw", frozen, "--seed", written(tmp_path, "seed.json", {}))
    with pytest.raises(CommandError, match=r"reveals\[0\]: “official” is missing"):
        run(tmp_path, "reveal", frozen)
    with pytest.raises(CommandError, match="number of the draw is below nought"):
        wrong = request({"kind": "commit_reveal", "officials": list(OFFICIALS)}) | {"number": -1}
        run(tmp_path, "freeze", written(tmp_path, "wrong.json", wrong))
    with pytest.raises(CommandError, match="cannot be written"):
        found = written(tmp_path, "c.json", certificate(drawn(announced(people(), PANEL))))
        run(tmp_path, "paper", found, "--to", tmp_path / "no" / "such.pdf")
    with pytest.raises(CommandError, match="does not hold a JSON object"):
        run(tmp_path, "paper", written(tmp_path, "list.json", []), "--to", tmp_path / "x.pdf")


def test_command_never_writes_over_a_secret(tmp_path):
    announcement = announced(people(), PANEL, method=CommitReveal(OFFICIALS))
    frozen = written(tmp_path, "a.json", announcement.as_json())
    kept = written(tmp_path, "secret.json", {})

    with pytest.raises(CommandError, match="exists already"):
        run(tmp_path, "commit", frozen, "--official", OFFICIALS[0], "--keep", kept)
