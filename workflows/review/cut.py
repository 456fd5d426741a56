"""The cut of a budget 核减: what a panel's conclusion takes away of what was asked for."""

from django.db.models import BigIntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from config.errors import Refusal
from config.words import T
from forms.fields.money import yuan
from workflows import rosters
from workflows.engine.perform import Move
from workflows.models import Application, Conclusion


class CutTooLarge(Refusal):
    """More is cut than was asked for, or less than nothing."""

    code = "cut_too_large"
    status = 422
    words = T(
        en="The cut is between 0 and the budget of {most} yuan, not {cut} yuan.",
        zh="核减金额应在 0 至 {most} 元之间，不能是 {cut} 元。",
    )


def panel_cut() -> Coalesce:
    """What the panel's conclusion that counts has cut, in fen; 0 before there is one. For a programme's `amount`."""
    standing = Conclusion.objects.filter(application=OuterRef("pk"), replaced_at=None)
    return Coalesce(
        Subquery(standing.values("cut_fen")[:1], output_field=BigIntegerField()),
        Value(0),
        output_field=BigIntegerField(),
    )


def cut_of(case: Application) -> int | None:
    """The same of one case; None before there is a conclusion."""
    return (
        Conclusion.objects.filter(application=case, replaced_at=None)
        .values_list("cut_fen", flat=True)
        .first()
    )


def apply_cut(move: Move, cut_fen: int, before_fen: int) -> None:
    """Work the amount of the concluded case out anew, less the cut; an earlier conclusion had cut `before_fen`.

    Raises:
        CutTooLarge: there is less to cut from, or the cut is below nothing.
    """
    if move.programme.amount is None:
        return
    (asked,) = Application.objects.filter(pk__any=move.ids).values_list("amount_fen", flat=True)
    most = (asked or 0) + before_fen
    if not 0 <= cut_fen <= most:
        raise CutTooLarge(most=yuan(most), cut=yuan(cut_fen))
    rosters.redecide(move.ids)
