"""The personas and cases of the workflow tests: a small world made through the real verbs."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from accounts.sealing import blind_index
from launch.places import ROOT
from tests.workflows.declared import python_blocks, registered
from workflows import drafts, rosters
from workflows.engine.deadlines import load_calendar
from workflows.engine.declare import Programme
from workflows.models import Application, Batch, Event, PaymentList, Person, Round

NUMBERS = count(1)


def person_with(role: str, organisation: Organisation, name: str = "") -> User:
    """A new person who holds `role` in `organisation`."""
    n = next(NUMBERS)
    user = User.objects.create_user(f"{role}{n}@example.test", name=name or f"{role} {n}")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def association(db: Any) -> Organisation:
    return Organisation.objects.create(kind="association", name="厦门示例信息协会")


@pytest.fixture
def authority(db: Any) -> Organisation:
    return Organisation.objects.create(kind="authority", name="厦门示例工业和信息化局")


@pytest.fixture
def employer(db: Any) -> Organisation:
    return Organisation.objects.create(
        kind="employer",
        name="厦门示例软件有限公司",
        credit_code="91350299MA0DEM005C",
        industry="software",
        district="siming",
    )


@pytest.fixture
def owner(employer: Organisation) -> User:
    return person_with(Role.OWNER, employer)


@pytest.fixture
def clerk(association: Organisation) -> User:
    return person_with(Role.CLERK, association)


@pytest.fixture
def official(authority: Organisation) -> User:
    return person_with(Role.OFFICIAL, authority)


@pytest.fixture
def second_official(authority: Organisation) -> User:
    return person_with(Role.OFFICIAL, authority)


@pytest.fixture
def cashier(authority: Organisation) -> User:
    return person_with(Role.CASHIER, authority)


@pytest.fixture
def open_round(association: Organisation, authority: Organisation) -> Round:
    now = timezone.now()
    # The promised date of a case of today may lie in a year whose official calendar is not out.
    load_calendar(provisional_until=now.year + 1)
    return Round.objects.create(
        programme="talent-tax-rebate", policy="2019", year=2019, handler=association, authority=authority,
        opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20),
    )  # fmt: skip


ANSWERS = {
    "industry": "software", "district": "siming", "staff_count": "120", "contact_name": "林小鹭",
    "contact_id_kind": "resident_id", "contact_mobile": "13800138000", "contact_email": "lin@example.test",
    "account_name": "厦门示例软件有限公司", "bank_name": "示例银行厦门分行", "bank_code": "102393000012",
}  # fmt: skip
SEALED = '{"contact_id_number": "350299199001150013", "account": "1234567890123456"}'


def add_people(case: Application, *rows: dict[str, Any]) -> list[Person]:
    """People with good facts, altered by each of `rows`."""
    made = []
    start = case.people.count()
    for position, row in enumerate(rows, start=start + 1):
        n = next(NUMBERS)
        facts: dict[str, Any] = {
            "position": position, "name": f"人员{n}", "id_kind": "passport", "id_number": f"E{n:08d}",
            "post_kind": "technical",
            "post_level": "middle", "hired_on": date(2015, 1, 1), "tenure_months": 48, "still_employed": True,
            "pay_fen": 40_000_000, "tax_fen": 6_683_000, "first_claimed_year": 2019, "shares": 0, "other_award": False,
        }  # fmt: skip
        facts |= row
        made.append(
            Person.objects.create(application=case, id_index=blind_index(facts["id_number"]), **facts)
        )
    rosters.redecide([case.pk])
    return made


def ready_draft(round_: Round, employer: Organisation, owner: User, *rows: dict[str, Any]) -> Application:
    """A draft on which nothing is missing."""
    case = drafts.start(round_, employer, by=owner)
    Application.objects.filter(pk=case.pk).update(
        answers=ANSWERS, sealed_answers=SEALED, form_problems=0, papers_missing=0, declared_at=timezone.now(),
        industry="software", district="siming",
    )  # fmt: skip
    add_people(case, *(rows or ({}, {})))
    return Application.objects.get(pk=case.pk)


@pytest.fixture
def draft(open_round: Round, employer: Organisation, owner: User) -> Application:
    return ready_draft(open_round, employer, owner)


@pytest.fixture
def many_drafts(open_round: Round) -> Callable[[int], list[Application]]:
    """Ready drafts of as many employers."""

    def make(n: int) -> list[Application]:
        cases = []
        for _ in range(n):
            number = next(NUMBERS)
            employer = Organisation.objects.create(
                kind="employer", name=f"示例企业{number}", industry="software", district="siming"
            )
            cases.append(ready_draft(open_round, employer, person_with(Role.OWNER, employer)))
        return cases

    return make


def events_of(case: Application) -> list[str]:
    return list(Event.objects.filter(application=case).order_by("seq").values_list("step", flat=True))


def fresh(case: Application) -> Application:
    """The row as the database has it (a protected state field cannot be refreshed)."""
    return Application.objects.get(pk=case.pk)


def compared(cases: list[Application], at: datetime | None = None) -> None:
    """As if the tax record had agreed with every declaration."""
    Person.objects.filter(application__in=cases).update(
        compared_at=at or timezone.now(), record_tax_fen=F("tax_fen")
    )
    rosters.redecide([case.pk for case in cases])


def new_batch(round_: Round, by: User) -> Batch:
    n = next(NUMBERS)
    return Batch.objects.create(
        number=f"PC{n}",
        round=round_,
        ordinal=n,
        handler=round_.handler,
        authority=round_.authority,
        prepared_by=by,
    )


@pytest.fixture
def documents_folder(settings: Any, tmp_path: Any) -> None:
    """The folder store of the demonstration, so that a test about what a file says needs no S3 server."""
    from storage.objects import store

    settings.S3_ENDPOINT = ""
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    store().ensure_bucket()


@pytest.fixture
def listed_cases(many_drafts: Callable[[int], list[Application]], clerk: User) -> list[Application]:
    """Three verified cases; `payment_list` brings them to the bank."""
    from tests.workflows.web.batch_ways import verified

    return verified(many_drafts(3), clerk)


@pytest.fixture
def payment_list(
    listed_cases: list[Application],
    open_round: Round,
    clerk: User,
    official: User,
    second_official: User,
    cashier: User,
) -> PaymentList:
    """A list of three lines of 13,366.00 yuan each, with the bank."""
    from tests.workflows.web.batch_ways import awaiting_signature, listed

    batch = awaiting_signature(open_round, listed_cases, clerk, second_official)
    return listed(batch, official, second_official, cashier)


@pytest.fixture
def storm_aid(db: Any, tmp_path: Path) -> Iterator[Programme]:
    """The programme of docs/declare-a-programme.md, declared by the text's own code."""
    text = (ROOT / "docs/declare-a-programme.md").read_text(encoding="utf-8")
    (tmp_path / "storm_aid.py").write_text(python_blocks(text), encoding="utf-8")
    with registered("storm_aid", tmp_path) as programme:
        yield programme


@pytest.fixture
def storm_call(storm_aid: Programme, association: Organisation, authority: Organisation) -> Round:
    now = timezone.now()
    load_calendar(provisional_until=now.year + 1)
    return Round.objects.create(
        programme=storm_aid.slug, policy="2026", year=2026, handler=association, authority=authority,
        opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20), budget_fen=10_000_000,
    )  # fmt: skip
