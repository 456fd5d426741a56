"""Composite stages: several steps that belong together, assigned as one in the body of a programme."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from config.words import T
from workflows.engine.declare import Notify, Resume, Same, State, Step, WorkingDays
from workflows.engine.guards import Guard

if TYPE_CHECKING:
    from workflows.engine.perform import Move


class Vary(TypedDict, total=False):
    """What a programme may say differently of one step of a stage; see `Step`. `also` adds guards to its own."""

    sources: State | Iterable[State]
    target: "State | type[Same] | type[Resume]"
    label: T
    done: T
    by: str | Iterable[str]
    when: Iterable[Guard]
    also: Iterable[Guard]
    due: WorkingDays | None
    lapses: bool
    sets: Mapping[str, Any]
    effect: "Callable[[Move], None] | None"
    records: tuple[str, ...]
    needs_reason: bool
    tells: tuple[Notify, ...]
    in_batch: bool
    other_than: tuple[str, ...]
    other_words: T


def vary(**changes: Unpack[Vary]) -> Vary:
    """What a programme says differently of one step of a stage: `approve=vary(when=[...], due=WorkingDays(5))`."""
    return changes


@dataclass(eq=False)
class Stage:
    """Some steps of one kind of stage; in the body of a programme they become steps of the programme."""

    kind: str
    steps: tuple[Step, ...]

    def __set_name__(self, owner: type, _name: str) -> None:
        for made in self.steps:
            made.__set_name__(owner, made.name)


def stage(kind: str, *steps: tuple[str, Step, Vary | None] | None) -> Any:
    """A stage of these steps (name, step, what the programme varies), in this order; None is left out."""
    made = [_named(kind, name, step, changes or {}) for name, step, changes in filter(None, steps)]
    return Stage(kind, tuple(made))


def _named(kind: str, name: str, step: Step, changes: Vary) -> Step:
    changed: dict[str, Any] = dict(changes)
    also = tuple(changed.pop("also", ()))
    if "sources" in changed:
        sources = changed["sources"]
        changed["sources"] = (sources,) if isinstance(sources, State) else tuple(sources)
    if "by" in changed:
        changed["by"] = frozenset([changed["by"]] if isinstance(changed["by"], str) else changed["by"])
    if "label" in changed:
        changed.setdefault("done", changed["label"])
    changed["when"] = (*changed.get("when", step.when), *also)
    return replace(step, **changed, name=name, stage=kind)
