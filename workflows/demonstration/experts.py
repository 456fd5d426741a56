"""The expert database of the demonstration: made-up people, drawn from a fixed seed, most of them long enrolled.

Twelve can sign in; those and whoever left again went through the verbs, the others are written set-based.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Role, User
from accounts.sealing import blind_index
from storage import uploads
from storage.kinds import PDF
from workflows.demonstration.cast import DOMAIN, Cast
from workflows.demonstration.days import at
from workflows.demonstration.expert_files import Sketch, files, known, write
from workflows.demonstration.identities import Identities
from workflows.demonstration.papers import NOT_REAL, pdf
from workflows.models import Competence, Expert, ExpertChange, ExpertField, ExpertTitle, Unavailability
from workflows.review.experts import deciding, entering, field_seed, titles

SEED = 350_299
ENROLLED = 150
SIGN_IN = 12
BEGAN_ON = date(2018, 3, 5)
# Who left again, or never came in: (what, why).
LEFT = (
    ("suspend", "连续两次未到会，待说明"),
    ("remove", "本人申请退出专家库"),
    ("remove", "调离本市"),
    ("refuse", "任职年限不足八年"),
)


@dataclass
class Database:
    """What is needed to write it."""

    cast: Cast
    identities: Identities
    fields: dict[str, ExpertField]

    @property
    def random(self) -> Random:
        return self.identities.random


def load(cast: Cast, now: datetime) -> bool:
    """Make the database where there is none; whether it was made."""
    if Expert.objects.exists():
        return False
    field_seed.load_fields()
    fields = {field.code: field for field in ExpertField.objects.all()}
    base = Database(cast, Identities(Random(SEED)), fields)  # noqa: S311 - a demonstration, not a secret
    sketches = files(base.identities, ENROLLED + len(LEFT))
    # The account that is printed has its name already.
    sketches[0].details["name"] = cast.people["expert"].name
    for n, sketch in enumerate(sketches[:SIGN_IN]):
        _sign_in(base, n, _through_the_verbs(base, n, sketch))
    for n, (sketch, (what, why)) in enumerate(zip(sketches[ENROLLED:], LEFT, strict=True), start=SIGN_IN):
        _leave(base, _through_the_verbs(base, n, sketch, approved=what != "refuse"), what, why)
    _bulk(base, sketches[SIGN_IN:ENROLLED])
    _unavailable(base, now)
    _waiting(base, now)
    return True


def _through_the_verbs(base: Database, n: int, sketch: Sketch, *, approved: bool = True) -> Expert:
    """Entered by a clerk, approved by the association's official some days later."""
    email = f"expert{n + 1 if n else ''}@{DOMAIN}" if n < SIGN_IN else f"left{n}@experts.example"
    entered = at(BEGAN_ON + timedelta(days=n % 5), 9, 10 + n)
    made = entering.enter(
        base.cast.association, by=base.cast.clerk, email=email, at=entered, **sketch.details
    )
    write([(made, sketch)], base.fields, base.cast.director, entered)
    if approved:
        deciding.approve(made, by=base.cast.director, at=entered + timedelta(days=7))
    return Expert.objects.get(pk=made.pk)


def _sign_in(base: Database, n: int, expert: Expert) -> None:
    """With the password that is printed, in the same hash."""
    if n and expert.user_id:
        User.objects.filter(pk=expert.user_id).update(password=base.cast.people["expert"].password)


def _leave(base: Database, expert: Expert, what: str, why: str) -> None:
    when = at(date(2018, 11, 20), 15) if what != "refuse" else at(BEGAN_ON + timedelta(days=14), 10)
    verb: Any = getattr(deciding, what)
    verb(expert, by=base.cast.director, reason=why, at=when)


def _bulk(base: Database, sketches: list[Sketch]) -> None:
    clerk, director, office = base.cast.second_clerk, base.cast.director, base.cast.association
    codes = entering.next_codes(len(sketches))
    times = [at(BEGAN_ON + timedelta(days=n % 40), 14, n % 50) for n in range(len(sketches))]
    emails = [f"{code.lower()}@experts.example" for code in codes]
    people = User.objects.bulk_create(
        [
            User(email=email, name=sketch.details["name"], password=make_password(None), joined_at=when)
            for email, sketch, when in zip(emails, sketches, times, strict=True)
        ]
    )
    Membership.objects.bulk_create(
        [
            Membership(user=user, organisation=office, role=Role.EXPERT, started_at=when)
            for user, when in zip(people, times, strict=True)
        ]
    )
    made = Expert.objects.bulk_create(
        [
            Expert(
                code=code, office=office, user=user, email=user.email, status=Expert.Status.ENROLLED,
                entered_by=clerk, applied_at=when, decided_by=director, decided_at=when + timedelta(days=7),
                changed_at=when + timedelta(days=7), id_index=blind_index(sketch.details["id_number"]),
                **sketch.details,
            )
            for code, user, when, sketch in zip(codes, people, times, sketches, strict=True)
        ]
    )  # fmt: skip
    write(list(zip(made, sketches, strict=True)), base.fields, director, times[0])
    ExpertChange.objects.bulk_create(
        [
            change
            for expert, when in zip(made, times, strict=True)
            for change in (
                ExpertChange(expert=expert, what="enter", by=clerk, at=when),
                ExpertChange(expert=expert, what="approve", by=director, at=when + timedelta(days=7)),
            )
        ]
    )


def _unavailable(base: Database, now: datetime) -> None:
    """Some cannot come in the next weeks."""
    today = now.date()
    Unavailability.objects.bulk_create(
        [
            Unavailability(
                expert=expert, from_on=(first := today + timedelta(days=base.random.randrange(1, 40))),
                until_on=first + timedelta(days=base.random.randrange(0, 12)), half=base.random.choice(("", "", "am")),
            )
            for expert in Expert.objects.enrolled().order_by("pk")[20:120:6]
        ]
    )  # fmt: skip


def _waiting(base: Database, now: datetime) -> None:
    """One application waits for the association's official, with the paper of its title."""
    (sketch,) = files(base.identities, 1)
    entered = at((now - timedelta(days=2)).date(), 10)
    made = entering.enter(
        base.cast.association, by=base.cast.clerk, email="waiting@experts.example", at=entered,
        **sketch.details | {"in_field_since": now.year - 12},
    )  # fmt: skip
    Competence.objects.bulk_create(known(made, sketch, base.fields))
    title = titles.add(
        made, name=sketch.title, level=ExpertTitle.Level.SENIOR, awarded_on=date(now.year - 3, 12, 1),
        by=base.cast.clerk, at=entered,
    )  # fmt: skip
    data = pdf([(18, sketch.title), (14, sketch.details["name"]), (10, NOT_REAL.zh), (10, NOT_REAL.en)])
    uploads.deposit(
        user=base.cast.clerk, organisation=base.cast.association, filename="职称证书.pdf", content_type=PDF, data=data,
        purpose=titles.purpose_of(title),
    )  # fmt: skip
