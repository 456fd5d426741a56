"""Successors 补抽: who follows in the order that the draw gave, each replacement in the certificate."""

from dataclasses import replace

from config.errors import Refusal
from workflows.models import Expert, Seat
from workflows.review.draw.drawing import Leaving, certificate
from workflows.review.draw.quotas import DrawInfeasible
from workflows.review.draw.reading import draw_of
from workflows.review.sessions.places import place
from workflows.review.sessions.refusals import CannotSit, ConflictStands, ExpertElsewhere
from workflows.review.sessions.turns import Turn

# Why somebody who was drawn cannot have the seat by now.
CANNOT = (CannotSit, ConflictStands, ExpertElsewhere)


def follow(taken: Turn, out: Seat, reason: str) -> Seat | None:
    """The seat of whoever follows `out` (see `successor`); None where nobody can, or nothing was drawn."""
    if taken.session.certificate is None:
        return None
    return successor(taken, out.expert.code, reason, out)


def successor(taken: Turn, code: str, reason: str, out: Seat | None = None) -> Seat | None:
    """The seat of whoever follows the member `code` in the drawn order; the certificate goes on.

    Whoever follows and cannot sit by now (a conflict found since, another session) is passed over in the open: they
    follow, leave at once, and the next one follows them. The words of a reason stay in the session's notes; the
    certificate, which is public, has its kind.
    """
    draw, first = draw_of(taken.session.certificate), code
    while True:
        draw = replace(draw, leavings=(*draw.leavings, Leaving(code, reason, taken.at)))
        try:
            found = certificate(draw)
        except DrawInfeasible as nobody:
            taken.note("no_successor", nobody.sentence.zh, after=first)
            return None
        taken.session.certificate = found
        code = found["replacements"][-1]["in"]
        try:
            made = place(
                taken, Expert.objects.select_related("user").get(code=code), in_field=in_field(found, code),
                follows=out,
            )  # fmt: skip
        except CANNOT as refusal:
            reason = why_left(refusal)
            taken.note("passed_over", refusal.sentence.zh, expert=code)
            continue
        taken.note("redrawn", expert=code, after=first)
        return made


def why_left(refusal: Refusal) -> str:
    """Why somebody who was drawn leaves at once, as a certificate knows it."""
    return "conflict" if isinstance(refusal, ConflictStands) else "prevented"


def in_field(found: dict[str, object], code: str) -> bool:
    """Whether a candidate of this certificate is in the field of the panel."""
    announcement = found["announcement"]
    assert isinstance(announcement, dict)
    fields = next(one["fields"] for one in announcement["pool"] if one["code"] == code)
    return bool(set(fields) & set(announcement["panel"]["in_field"]))
