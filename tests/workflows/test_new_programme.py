"""`new_programme` writes a file that runs as it stands, and refuses what it cannot write with a sentence."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.workflows.conftest import events_of, fresh
from tests.workflows.declared import registered
from tests.workflows.storm_aid import ANSWERS, approved
from tests.world import document
from workflows import approvals, drafts, notices, payments
from workflows.engine.deadlines import load_calendar
from workflows.engine.perform import perform
from workflows.engine.prove import prove
from workflows.models import ApplicationPaper, Round


def test_starting_file_is_registered_and_runs_a_case_through(
    tmp_path: Path, capsys, association, authority, employer, owner, clerk, official, second_official, cashier
):
    call_command("new_programme", "rent_aid", folder=str(tmp_path), zh="租金补助", en="Rent aid")
    said = capsys.readouterr().out
    assert 'add "rent_aid" to MODULES' in said
    assert str(tmp_path / "rent_aid.py") in said

    with registered("rent_aid", tmp_path) as programme:
        assert (programme.code, programme.title.zh) == ("RA", "租金补助")
        assert prove(programme) == []
        now = timezone.now()
        load_calendar(provisional_until=now.year + 1)
        call = Round.objects.create(
            programme="rent-aid", policy=next(iter(programme.policies)), year=now.year, handler=association,
            authority=authority, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9),
        )  # fmt: skip
        case = drafts.start(call, employer, by=owner)
        drafts.save_section(case, "request", {"expense_fen": "1000", "purpose": "租金"})
        for section in ("contact", "account"):
            drafts.save_section(case, section, ANSWERS[section])
        held = document(owner, employer, "paper", "凭证.pdf")
        ApplicationPaper.objects.create(application=case, paper="proof", document=held, added_by=owner)
        drafts.recount_papers(case.pk)
        drafts.declare(case, made=True)
        perform("submit", [case.pk], actor=owner, key="s")
        for step in ("accept", "examine"):
            perform(step, [case.pk], actor=clerk, key=step)
        batch = approved([case], call, clerk, second_official, official)
        approvals.release_notice(batch, by=second_official, key="n")
        notices.end_due(now + timedelta(days=30))
        made = payments.make_list(call, actor=cashier)
        payments.read_return(
            made, [payments.Returned(1, paid=True, paid_on=now.date())], actor=cashier, key="r"
        )

        assert (fresh(case).state, fresh(case).paid_fen) == ("closed", 30_000)
        assert events_of(case)[-1] == "pay"


@pytest.mark.parametrize("name", ["Rent", "rent-aid", "2rent", "rent__aid", "class", "", "r" * 37, "../rent"])
def test_name_that_cannot_be_used_is_refused_with_a_sentence(name, tmp_path):
    with pytest.raises(CommandError, match="cannot be the name of a programme: use small letters"):
        call_command("new_programme", name, folder=str(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_existing_programme_is_not_written_over(tmp_path):
    (tmp_path / "rent_aid.py").write_text("kept")

    for name in ("rent_aid", "talent_tax_rebate"):
        with pytest.raises(CommandError, match=f"There is a programme {name} already"):
            call_command("new_programme", name, folder=str(tmp_path))

    assert (tmp_path / "rent_aid.py").read_text() == "kept"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"code": "GS"}, "talent-tax-rebate uses the code GS already"),
        ({"code": "x1"}, "cannot stand before receipt numbers"),
        ({"en": 'Rent "aid"'}, "A title can hold neither"),
        ({"folder": "/no/such/folder"}, "There is no folder /no/such/folder"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_sentence(options, words, tmp_path):
    with pytest.raises(CommandError, match=words):
        call_command("new_programme", "rent_aid", **{"folder": str(tmp_path), **options})
