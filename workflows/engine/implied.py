"""What a declaration implies: four eyes and limits become guards, caps become guards or effects."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate

from config.words import T
from workflows.engine.caps import Over, check_caps, within
from workflows.engine.guards import Asking, Guard

if TYPE_CHECKING:
    from workflows.engine.declare import Programme, Step
    from workflows.engine.perform import Move

# The tasks of a batch, as `other_than` names them → who did them, and the words for it.
BATCH_TASKS: dict[str, tuple[str, T]] = {
    "batch.prepare": ("batch__prepared_by", T("Prepare the batch", "汇总批次")),
    "batch.verify": ("batch__verified_by", T("Verify the batch", "核验批次")),
    "batch.approve": ("batch__approved_by", T("Approve the batch", "审批批次")),
}
FOUR_EYES = T(
    en="Four eyes: whoever took “{steps}” on this case cannot take this step.",
    zh="本件的“{steps}”由谁办理，谁就不能办理这一步，须由另一人办理。",
)
USED_UP = T(
    en="“{step}” was done {at_most} times on this case, which is the most.",
    zh="本件已办过 {at_most} 次“{step}”，达到上限。",
)
ABOVE_CAP = T(
    en="{cap}: {{amount_fen}} yuan is more than can be granted.", zh="{cap}：{{amount_fen}} 元超出上限。"
)


def imply(programme: "Programme") -> None:
    """Complete the steps of `programme` by what they and its caps imply. Doing it again changes nothing.

    Raises:
        ValueError: `other_than` or a cap names a step that the programme does not have.
    """
    _require_steps(programme)
    for made in programme.steps.values():
        if made.other_than:
            _guard(made, four_eyes(programme, made))
        if made.at_most is not None:
            _guard(made, limit(made))
            made.sets = {made.counted: F(made.counted) + 1, **made.sets}
    for cap in programme.caps:
        at = programme.steps[cap.at]
        if cap.over == Over.CASE:
            words = ABOVE_CAP.format(cap=cap.title)
            _guard(at, Guard(within(cap, programme), words, code=f"cap_{cap.code}"))
        else:
            at.effect = both(at.effect, check_caps)


def _require_steps(programme: "Programme") -> None:
    for cap in programme.caps:
        if cap.at not in programme.steps:
            raise ValueError(f"{programme.slug}: the cap {cap.code} is for {cap.at}, which is no step of it")


def _guard(made: "Step", guard: Guard) -> None:
    if guard.code not in {g.code for g in made.when}:
        made.when = (*made.when, guard)


def both(
    first: "Callable[[Move], None] | None", second: "Callable[[Move], None]"
) -> "Callable[[Move], None]":
    """One effect after the other."""
    if first is None or first is second or second in getattr(first, "parts", ()):
        return first or second
    one = first

    def effect(move: "Move") -> None:
        one(move)
        second(move)

    effect.parts = (*getattr(one, "parts", (one,)), second)  # type: ignore[attr-defined]
    return effect


def four_eyes(programme: "Programme", made: "Step") -> Guard:
    """The guard that keeps away whoever took one of the steps that `made.other_than` names.

    Raises:
        ValueError: the programme has no such step.
    """
    unknown = [n for n in made.other_than if n not in BATCH_TASKS and n not in programme.steps]
    if unknown:
        raise ValueError(
            f"{made.name}: other_than names {', '.join(unknown)}, which is no step of {programme.slug}"
        )
    labels = [BATCH_TASKS[n][1] if n in BATCH_TASKS else programme.steps[n].label for n in made.other_than]
    joined = T(en="”, “".join(label.en for label in labels), zh="”“".join(label.zh for label in labels))
    in_batch = all(name in BATCH_TASKS for name in made.other_than)
    return Guard(
        lambda asking: _someone_else(made.other_than, asking),
        made.other_words or FOUR_EYES.format(steps=joined),
        mend="batch" if in_batch else "",
        code="four_eyes",
    )


def _someone_else(tasks: tuple[str, ...], asking: Asking) -> Q:
    from workflows.models import Absence, Event  # noqa: PLC0415 - the models build on nothing of the engine

    q = Q()
    for task in tasks:
        if task in BATCH_TASKS:
            by = BATCH_TASKS[task][0]
            for person in asking.persons:
                q &= ~Q(**{by: person}) & ~Q(**{by.replace("_by", "_for"): person})
    steps = [task for task in tasks if task not in BATCH_TASKS]
    if steps:
        taken = Event.objects.filter(application=OuterRef("pk"), step__in=steps)
        theirs = taken.filter(Q(actor__in=asking.persons) | Q(data__for__in=asking.persons))
        q &= ~Q(Exists(theirs))
        # What is assigned to an absent person is done in their name: their own acts count as well.
        day = TruncDate(asking.at)
        covered = Absence.objects.standing().filter(
            substitute=asking.actor.pk, from_on__lte=day, until_on__gte=day
        )
        absent = Q(assigned_to__isnull=False) & Q(assigned_to__in=covered.values("person"))
        q &= ~(absent & Q(Exists(taken.filter(actor=OuterRef("assigned_to")))))
    return q


def limit(made: "Step") -> Guard:
    """The guard that lets `made` be taken `at_most` times on one case."""
    words = made.limit_words or USED_UP
    return Guard(
        Q(**{f"{made.counted}__lt": made.at_most}),
        words.format(step=made.label, at_most=made.at_most),
        code="limit",
    )
