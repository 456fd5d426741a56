"""A round with any number of cases, made set-based and moved by the engine itself, so that every chain holds."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import CharField, Model, Value
from django.db.models.functions import Cast, Concat, Now
from django.utils import timezone

from accounts.models import Membership, Organisation, Role, User
from workflows import approvals, counters
from workflows.engine import clock
from workflows.engine.chosen import Named
from workflows.engine.deadlines import load_calendar
from workflows.engine.edges import sync_edges
from workflows.engine.lock import engine_cursor
from workflows.engine.perform import Move, Outcome, _Command, perform
from workflows.models import Application, Batch, Person, Round
from workflows.programmes import programme as declared
from workflows.versions import publish_all

PROGRAMME = "talent-tax-rebate"
NUMBERS = count(1)
RECEIPT = Concat(Value("GS-"), Cast("pk", CharField()), output_field=CharField())

_EMPLOYERS = """INSERT INTO accounts_organisation
    (kind, name, legal_representative, industry, district, address, created_at)
    SELECT 'employer', '示例企业' || n, '', 'software', 'siming', '', now() FROM generate_series(1, %s) n
    RETURNING id"""


# The limit that runs on a submitted case.
_STANDING = """INSERT INTO workflows_deadline (application_id, step, due_on, set_at, from_on, days)
    SELECT id, 'accept', '2019-09-09', now(), '2019-09-02', 5 FROM workflows_application WHERE round_id = %s"""


@dataclass(frozen=True, slots=True)
class World:
    """A round, its people, and its offices."""

    round: Round
    owner: User
    clerk: User
    verifier: User
    official: User

    def ids(self) -> list[int]:
        return list(Application.objects.filter(round=self.round).order_by("pk").values_list("pk", flat=True))


def person(role: str, organisation: Organisation) -> User:
    user = User.objects.create_user(f"{role}.{next(NUMBERS)}.{organisation.pk}@example.test", name=role)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def again(user: User) -> User:
    """The same person as a new request reads them."""
    return User.objects.get(pk=user.pk)


def make(cases: int, *, people: bool = False, trail: bool = True, year: int = 2019) -> World:
    """A round with `cases` submitted cases, each of an employer of its own; with `people`, one person each.

    Without `trail` they stand as submitted and have no event: quick, and their chains begin with the next step.
    """
    now = timezone.now()
    load_calendar(provisional_until=now.year + 1)
    sync_edges()
    publish_all()
    association = Organisation.objects.create(kind="association", name="示例协会")
    authority = Organisation.objects.create(kind="authority", name="示例局")
    round_ = Round.objects.create(
        programme=PROGRAMME, policy="2019", year=year, handler=association, authority=authority,
        opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20),
    )  # fmt: skip
    world = World(
        round_,
        User.objects.create_user(f"owner.{next(NUMBERS)}.{round_.pk}@example.test", name="owner"),
        person(Role.CLERK, association),
        person(Role.OFFICIAL, authority),
        person(Role.OFFICIAL, authority),
    )
    with connection.cursor() as cursor:
        if not trail:
            cursor.execute("SET session_replication_role = replica")
        _insert_cases(cursor, world, cases, "draft" if trail else "submitted")
        if people:
            _insert_people(cursor, world)
        if not trail:
            cursor.execute(_STANDING, [world.round.pk])
            cursor.execute("RESET session_replication_role")
        cursor.execute("ANALYZE")
    if trail:
        submit(world)
    else:
        counters.recount()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return world


def submit(world: World) -> None:
    """Every draft of the round is submitted by the engine's own statement, without its guards and its effect.

    The guards of submitting ask for the employers' own people; here one person would need them all.
    """
    programme = declared(PROGRAMME)
    step = programme.steps["submit"]
    Application.objects.filter(round=world.round).update(
        number=RECEIPT, submitted_at=Now(), rows_total=1, rows_granted=1, amount_fen=668_300
    )
    command = _Command(programme, "submit", Named(world.ids()), world.owner, "submit", "", {}, {}, None, None)
    with transaction.atomic(), engine_cursor(len(command.ids)) as cursor:
        move = Move(step, programme, command.ids, world.owner, clock.now(), "", {})
        command._write(move, Outcome("submit", len(command.ids), move.at.isoformat()), cursor)


def consolidated(world: World) -> Batch:
    """All cases of the round in one batch, verified: it waits for the official's signature."""
    ids, clerk = world.ids(), world.clerk
    perform("accept", ids, actor=again(clerk), key="accept", programme=PROGRAMME)
    perform("examine", ids, actor=again(clerk), key="examine", programme=PROGRAMME)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workflows_person p SET compared_at = now(), record_tax_fen = tax_fen
                 FROM workflows_application a WHERE a.id = p.application_id AND a.round_id = %s""",
            [world.round.pk],
        )
    Application.objects.filter(round=world.round).update(rows_uncompared=0)
    perform("verify", ids, actor=again(clerk), key="verify", programme=PROGRAMME)
    batch = approvals.open_batch(world.round, by=again(clerk))
    approvals.consolidate(batch, ids, by=again(clerk), key="consolidate")
    approvals.hand_in(batch, by=again(clerk), key="hand-in")
    return approvals.verify(batch, by=again(world.verifier), key="verify-batch")


def _insert_cases(cursor: CursorWrapper, world: World, cases: int, state: str) -> None:
    round_ = world.round
    columns, values = _columns(
        Application,
        programme=PROGRAMME, policy=round_.policy, year=round_.year, round_id=round_.pk, applicant_id=SQL("id"),
        handler_id=round_.handler_id, authority_id=round_.authority_id, created_by_id=world.owner.pk, state=state,
        form_problems=0, papers_missing=0, rows_total=1, rows_granted=1, amount_fen=668_300,
        number=SQL("'GT-' || id") if state != "draft" else None, declared_at=SQL("now()"), industry="software",
        district="siming",
    )  # fmt: skip
    joined = """INSERT INTO accounts_membership (user_id, organisation_id, role, started_at)
                SELECT %s, id, 'owner', now() FROM made"""
    cursor.execute(
        f"""WITH made AS ({_EMPLOYERS}), joined AS ({joined})
            INSERT INTO workflows_application ({", ".join(columns)}) SELECT {", ".join(columns.values())} FROM made""",  # noqa: S608
        [cases, world.owner.pk, *values],
    )


def _insert_people(cursor: CursorWrapper, world: World) -> None:
    """One person each, with good facts; the number itself is left empty, its index is not."""
    columns, values = _columns(
        Person,
        application_id=SQL("id"), position=1, name="示例", id_kind="passport", post_kind="technical",
        post_level="middle", hired_on=date(2015, 1, 1), tenure_months=48, still_employed=True, pay_fen=40_000_000,
        tax_fen=6_683_000, first_claimed_year=world.round.year, shares=0, other_award=False,
        id_index=SQL("substr(sha256(id::text::bytea), 1, 16)"),
    )  # fmt: skip
    cursor.execute(
        f"""INSERT INTO workflows_person ({", ".join(columns)}) SELECT {", ".join(columns.values())}
              FROM workflows_application WHERE round_id = %s""",  # noqa: S608
        [*values, world.round.pk],
    )


class SQL(str):
    """An expression of the INSERT, where everything else is a value."""

    __slots__ = ()


def _columns(model: type[Model], **given: Any) -> tuple[dict[str, str], list[Any]]:
    """Every column of `model` with its expression, by default the model's; and the parameters."""
    columns: dict[str, str] = {}
    values: list[Any] = []
    for field in model._meta.concrete_fields:
        if field.primary_key or (field.has_db_default() and field.attname not in given):
            continue
        value = given.get(field.attname, field.get_default())
        columns[str(field.column)] = str(value) if isinstance(value, SQL) else "%s"
        if not isinstance(value, SQL):
            values.append(field.get_db_prep_save(value, connection))
    return columns, values
