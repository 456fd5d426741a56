"""A sheet as its page draws it: groups of criteria with what was typed and what is wrong with it, and the vetoes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from config.words import T
from workflows.engine.rubric import Criterion, Rubric
from workflows.review.sheets.content import Content

EXPLAINED_BELOW = T("below {limit}: say why", "低于 {limit} 分须说明理由")
EXPLAINED_FROM = T("{limit} and above: say why", "{limit} 分及以上须说明理由")


@dataclass(frozen=True, slots=True)
class Line:
    """One score: its field, the comment beside it, and what is wrong with each."""

    leaf: Criterion
    score: str
    comment: str
    wrong: T | None
    comment_wrong: T | None

    @property
    def asks(self) -> list[T]:
        """When a comment is asked for, in words."""
        low, high = self.leaf.comment_below, self.leaf.comment_from
        found = [EXPLAINED_BELOW.format(limit=low)] if low is not None else []
        return [*found, *([EXPLAINED_FROM.format(limit=high)] if high is not None else [])]

    @property
    def below(self) -> Decimal | None:
        return self.leaf.comment_below

    @property
    def above(self) -> Decimal | None:
        return self.leaf.comment_from

    @property
    def opens(self) -> bool:
        """Whether the comment is drawn open."""
        return bool(self.comment or self.comment_wrong)


@dataclass(frozen=True, slots=True)
class Group:
    """A criterion with the lines of its parts, or with the one line that it is."""

    criterion: Criterion
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class VetoLine:
    """A veto, whether it was given, and why."""

    name: str
    title: T
    guidance: T | None
    given: bool
    comment: str
    wrong: T | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of the summary of errors."""

    label: T
    sentence: T
    field: str


def groups_of(rubric: Rubric, content: Content, wrong: Mapping[str, T]) -> list[Group]:
    """The criteria in their order."""
    return [
        Group(
            one,
            tuple(
                Line(
                    leaf, content.scores.get(leaf.name, ""), content.comments.get(leaf.name, ""),
                    wrong.get(f"score-{leaf.name}"), wrong.get(f"comment-{leaf.name}"),
                )
                for leaf in one.parts or (one,)
            ),
        )
        for one in rubric.criteria
    ]  # fmt: skip


def vetoes_of(rubric: Rubric, content: Content, wrong: Mapping[str, T]) -> list[VetoLine]:
    return [
        VetoLine(
            veto.name, veto.title, veto.guidance, veto.name in content.vetoes, content.comments.get(veto.name, ""),
            wrong.get(f"comment-{veto.name}"),
        )
        for veto in rubric.vetoes
    ]  # fmt: skip


def summary(rubric: Rubric, wrong: Mapping[str, T]) -> list[Wrong]:
    """What is wrong, in the order of the page, each with its field."""
    titles = {leaf.name: leaf.title for one in rubric.criteria for leaf in (one.parts or (one,))}
    titles |= {veto.name: veto.title for veto in rubric.vetoes}
    named = {"opinion": T("Opinion", "评审意见"), "reason": T("Reason of the revision", "修改理由")}
    order = {name: place for place, name in enumerate(titles)}
    fields = sorted(wrong, key=lambda field: (order.get(field.partition("-")[2], len(order)), field))
    return [Wrong(named.get(f) or titles[f.partition("-")[2]], wrong[f], f) for f in fields]
