"""Opening a round: a call of a programme under one published policy version."""

from datetime import datetime

from accounts.models import Organisation
from config.errors import Refusal
from config.words import T
from workflows.models import Round
from workflows.versions import require_published


class WindowReversed(Refusal):
    code = "window_reversed"
    status = 422
    words = T(
        en="The window closes before it opens: give a later day for its end.",
        zh="截止时间早于开始时间，请改晚截止时间。",
    )


def open_round(
    programme: str,
    policy: str,
    year: int,
    *,
    handler: Organisation,
    authority: Organisation,
    opens_at: datetime,
    closes_at: datetime,
    budget_fen: int | None = None,
) -> Round:
    """A new round of `programme` for `year`. Its cases are pinned to `policy`.

    Raises:
        UnknownProgramme, UnknownVersion, NotPublished: the version is not one that a round can run on.
        WindowReversed: the window ends before it begins.
    """
    if closes_at <= opens_at:
        raise WindowReversed
    require_published(programme, policy)
    return Round.objects.create(
        programme=programme, policy=policy, year=year, handler=handler, authority=authority,
        opens_at=opens_at, closes_at=closes_at, budget_fen=budget_fen,
    )  # fmt: skip
