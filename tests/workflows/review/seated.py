"""A case before a panel of experts: people, seats and assignments, as the rows that the verbs of the session make."""

from pathlib import Path
from typing import Any

from accounts.models import Membership, Organisation, Role, User
from tests.workflows.conftest import fresh
from tests.workflows.storm_aid import filled_in
from workflows.engine.perform import perform
from workflows.models import Application, Assignment, Expert, ReviewSession, Round, Seat, SessionItem
from workflows.review import counting
from workflows.review.acts import review_sha256


def expert(office: Organisation, number: int, **more: Any) -> Expert:
    """An enrolled expert who can sign in."""
    user = User.objects.create_user(f"expert{number}@example.test", name=f"专家{number}")
    Membership.objects.create(user=user, organisation=office, role=Role.EXPERT)
    return Expert.objects.create(
        code=f"E{number:04d}", office=office, user=user, name=user.name, email=user.email,
        status=Expert.Status.ENROLLED, **more,
    )  # fmt: skip


def before_panel(call: Round, employer: Organisation, owner: User, clerk: User) -> Application:
    """A case of the walk-through's programme with a panel, put before it."""
    case = filled_in(call, employer, owner)
    perform("submit", [case.pk], actor=owner, key=f"s{case.pk}")
    for step in ("accept", "visit", "order_inspection"):
        perform(step, [case.pk], actor=clerk, key=f"{step}{case.pk}")
    perform("pass_inspection", [case.pk], actor=clerk, key=f"p{case.pk}", reason="场地、设备属实")
    perform("put_to_panel", [case.pk], actor=clerk, key=f"q{case.pk}")
    return fresh(case)


def seat(case: Application, experts: list[Expert], clerk: User) -> ReviewSession:
    """A session over one case in which these experts sit, the first of them in the chair."""
    session = ReviewSession.objects.create(
        round=case.round, number=f"S{case.pk}", ordinal=case.pk, office_id=case.handler_id, secretary=clerk,
        stage=ReviewSession.Stage.HELD,
    )  # fmt: skip
    SessionItem.objects.create(session=session, application=case, position=1)
    for place, one in enumerate(experts):
        taken = Seat.objects.create(
            session=session, expert=one, is_chair=place == 0, state=Seat.State.CONFIRMED
        )
        Assignment.objects.create(expert=one, application=case, seat=taken, made_by=clerk)
    counting.recount([case.pk])
    return session


def undertake(case: Application, one: Expert) -> None:
    perform("undertake", [case.pk], actor=one.user, key=f"u{case.pk}")


def give(case: Application, one: Expert, need: str, effect: str, *, key: str = "r", **more: Any) -> None:
    """Submit a review, or with `reason` revise it."""
    reason = more.pop("reason", "")
    content = {
        "scores": {"need": need, "effect": effect},
        "comments": dict.fromkeys(more.get("vetoes", ()), "见评审意见"),
        "vetoes": [],
        "opinion": "",
        **more,
    }
    perform(
        "revise_review" if reason else "submit_review", [case.pk], actor=one.user, key=f"{key}{case.pk}",
        reason=reason, data={"sha256": review_sha256(content)}, kept={"review": content},
    )  # fmt: skip


def chaired_in(folder: Path, blind: str = "") -> str:
    """The programme written into `folder`, with experts who score, and who are told of each other as `blind` says."""
    from tests.workflows.reviewed_aid import write_reviewed_aid

    return write_reviewed_aid(folder, chaired=True, blind=blind)
