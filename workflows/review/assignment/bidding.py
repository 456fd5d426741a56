"""Bids: experts say which cases they would gladly review, while the office asks for it; assigning counts them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import User
from config.errors import Refusal
from config.words import T
from notifications.messages import tell_all
from notifications.notes import Note
from workflows.engine import clock
from workflows.engine.clock import HERE
from workflows.models import (
    Application,
    ApplicationQuerySet,
    Assignment,
    Bid,
    Conflict,
    Expert,
    Round,
    SessionItem,
)
from workflows.review.planning.runs import require_clerk
from workflows.review.planning.waiting import before_panel, require_waiting

TOPIC = "review.bids"
SUBJECT = T("Which cases would you gladly review?", "请填报评审意愿")
BODY = T(
    "{round}: say by {until} which cases suit you. You see number and fields of each, and promise nothing by it.",
    "{round}：请于 {until} 前填报评审意愿。仅显示编号和专业领域，填报不代表最终指派。",
)
LEAST, MOST = -2, 2


class BidsClosed(Refusal):
    """Nobody asks for bids on this case, or not any more."""

    code = "bids_closed"
    status = 409
    words = T(
        en="Bids on some of these cases are not asked for any more. Reload the page.",
        zh="其中部分项目已停止填报意愿，请刷新页面。",
    )


class BidOutOfRange(Refusal):
    code = "bid_out_of_range"
    status = 422
    words = T(en="A bid is from −2 to 2.", zh="意愿取值为 −2 至 2。")


class BidsDayWrong(Refusal):
    code = "bids_day_wrong"
    status = 422
    words = T(
        en="Choose a day to come, until which experts can bid.", zh="请选择今天以后的意愿填报截止日期。"
    )


def ask_for_bids(round_: Round, until: datetime, *, by: User) -> int:
    """Experts of the office can bid on the round's cases before the panel until `until`; how many are told.

    Raises:
        NotTheirRound: `by` is no clerk of the handling office.
        NothingBeforePanel, AllInSessions: there is nothing to bid on.
        BidsDayWrong: `until` is over.
    """
    require_clerk(round_, by)
    require_waiting(round_, for_sessions=True)
    if until <= clock.now():
        raise BidsDayWrong
    with transaction.atomic():
        locked = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
        locked.bids_until = until
        locked.save(update_fields=["bids_until"])
        experts = Expert.objects.enrolled().filter(office=round_.handler_id, user__isnull=False)
        shown = f"{until.astimezone(HERE):%Y-%m-%d %H:%M}"
        notes = [
            Note(
                recipient=one.user, key=f"bids:{round_.pk}:{until:%Y%m%d%H%M}:{one.pk}", subject=SUBJECT,
                body=BODY.format(round=round_.title, until=shown), link=reverse("review_bids"), topic=TOPIC,
                programme=round_.programme,
            )
            for one in experts.select_related("user")
            if one.user is not None
        ]  # fmt: skip
        tell_all(notes)
    return len(notes)


def biddable(user: User) -> ApplicationQuerySet:
    """The cases on which `user`, an enrolled expert, can bid now: none that a conflict keeps them from, none that they
    review or reviewed, and none that is heard in a session, whose panel is drawn."""
    own = Expert.objects.enrolled().filter(user=user.pk)
    tied = Conflict.objects.standing().filter(expert__in=own, application=OuterRef("pk"))
    had = Assignment.objects.filter(expert__in=own, application=OuterRef("pk"))
    asked = Q(round__handler__in=own.values("office"), round__bids_until__gt=Now(), number__isnull=False)
    not_theirs = ~Exists(had.exclude(state=Assignment.State.PROPOSED))
    heard = SessionItem.objects.filter(application=OuterRef("pk"), removed_at=None)
    return Application.objects.filter(~Exists(tied), not_theirs, ~Exists(heard), asked & before_panel())


def bid(user: User, values: Mapping[int, int]) -> None:
    """What `user` bids on cases: case → −2 (cannot judge it) to 2 (gladly); 0 takes a bid back. All or none.

    Raises:
        BidOutOfRange, BidsClosed: nothing is kept.
    """
    if any(not LEAST <= value <= MOST for value in values.values()):
        raise BidOutOfRange
    with transaction.atomic():
        expert = Expert.objects.enrolled().filter(user=user.pk).first()
        known = set(biddable(user).filter(pk__in=list(values)).values_list("pk", flat=True))
        if expert is None or known != set(values):
            raise BidsClosed
        Bid.objects.filter(expert=expert, application__in=known).delete()
        Bid.objects.bulk_create(
            Bid(expert=expert, application_id=case, value=value) for case, value in values.items() if value
        )
