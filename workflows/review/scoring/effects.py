"""The advisory column: how severe each expert is, and what the projects would have with everybody alike.

y = project + expert + error, least squares with shrinkage: the penalty λ Σ expert² with λ = σ²(error) ÷ σ²(expert)
makes the effects the best linear predictions of a mixed model (Robinson 1991). They sum to zero within each connected
component, and their errors are those of differences within it. Across components nothing links the panels: not
comparable. The variances are moments over the whole design (Henderson's third method). Floating point: this advises
and never decides.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from config.words import T
from workflows.review.scoring.scores import Score

NOT_COMPARABLE = T(
    en="Not comparable: no expert links these panels, not even through others.",
    zh="不可比：各专家组之间没有共同的专家，也没有间接联系。",
)
# Where the design leaves nothing to estimate the error from, experts are shrunk by as much as they say.
UNKNOWN = 1.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ExpertEffect:
    """Points above (+) or below (−) the others of the component; no standard error where it cannot be estimated."""

    expert: str
    component: int
    reviews: int
    effect: Decimal
    standard_error: Decimal | None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The score that a project would have with every expert alike, beside its plain mean."""

    project: str
    component: int
    mean: Decimal
    adjusted: Decimal
    standard_error: Decimal | None


@dataclass(frozen=True, slots=True)
class Effects:
    """The model as fitted. Components count from 1, the largest first."""

    experts: tuple[ExpertEffect, ...]
    projects: tuple[Adjusted, ...]
    residuals: dict[tuple[str, str], float]
    components: int
    sigma: float | None
    shrinkage: float

    def comparable(self, one: str, other: str) -> bool:
        """Whether the adjusted scores of two projects say anything about each other."""
        component = {found.project: found.component for found in self.projects}
        return component[one] == component[other]

    @property
    def warning(self) -> T | None:
        """What has to stand over a column that mixes components."""
        return NOT_COMPARABLE if self.components > 1 else None


class _Design:
    """Who scored what, as arrays; experts and projects by number."""

    def __init__(self, scores: Iterable[Score]) -> None:
        rows = [
            (one.project, one.expert, float(one.exact))
            for score in scores
            for one in score.counted
            if one.exact is not None
        ]
        self.projects = sorted({project for project, _, _ in rows})
        self.experts = sorted({expert for _, expert, _ in rows})
        of_project = {name: index for index, name in enumerate(self.projects)}
        of_expert = {name: index for index, name in enumerate(self.experts)}
        self.i = np.array([of_project[project] for project, _, _ in rows], dtype=np.intp)
        self.j = np.array([of_expert[expert] for _, expert, _ in rows], dtype=np.intp)
        self.y: Floats = np.array([y for _, _, y in rows], dtype=np.float64)
        self.per_project: Floats = np.bincount(self.i, minlength=len(self.projects)).astype(np.float64)
        self.means: Floats = np.bincount(self.i, self.y, len(self.projects)) / self.per_project
        self.component_of, self.components = self._components()

    def _components(self) -> tuple[NDArray[np.intp], int]:
        """The component of every expert: two are in one where a chain of common projects links them."""
        parent = list(range(len(self.experts)))

        def root(expert: int) -> int:
            while parent[expert] != expert:
                parent[expert] = parent[parent[expert]]
                expert = parent[expert]
            return expert

        first: dict[int, int] = {}
        for project, expert in zip(self.i.tolist(), self.j.tolist(), strict=True):
            parent[root(expert)] = root(first.setdefault(project, expert))
        members: dict[int, list[int]] = defaultdict(list)
        for expert in range(len(self.experts)):
            members[root(expert)].append(expert)
        found = np.zeros(len(self.experts), dtype=np.intp)
        for number, some in enumerate(sorted(members.values(), key=lambda some: (-len(some), some))):
            found[some] = number
        return found, len(members)


def effects_of(scores: Iterable[Score]) -> Effects | None:
    """The model over all totals that count, also those that a trimmed mean drops; nothing where there are none."""
    design = _Design(scores)
    if not len(design.y):
        return None
    solver = _Solver(design)
    error, shrinkage = _variances(design, solver)
    effect, inverse = solver.solve(shrinkage)
    residual = design.y - effect[design.j]
    adjusted = np.bincount(design.i, residual, len(design.projects)) / design.per_project
    residual = residual - adjusted[design.i]
    component = design.component_of
    of_project = np.zeros(len(design.projects), dtype=np.intp)
    of_project[design.i] = component[design.j]
    reviews = np.bincount(design.j, minlength=len(design.experts))
    # Shrunk to nothing, or alone in a component, an effect is nought by decree: it has no error to show.
    alone = np.bincount(component)[component] == 1
    unsure = None if error is None or np.isinf(shrinkage) else error
    return Effects(
        experts=tuple(
            ExpertEffect(
                name, int(component[at]) + 1, int(reviews[at]), _decimal(effect[at]),
                None if unsure is None or alone[at] else _decimal(np.sqrt(max(unsure * inverse[at, at], 0.0))),
            )
            for at, name in enumerate(design.experts)
        ),
        projects=tuple(
            Adjusted(
                name, int(of_project[at]) + 1, _decimal(design.means[at]), _decimal(adjusted[at]),
                None if error is None else _decimal(np.sqrt(error * _doubt(design, inverse, at))),
            )
            for at, name in enumerate(design.projects)
        ),
        residuals={
            (design.projects[project], design.experts[expert]): float(value)
            for project, expert, value in zip(design.i, design.j, residual, strict=True)
        },
        components=design.components,
        sigma=None if error is None else float(np.sqrt(error)),
        shrinkage=float(shrinkage),
    )  # fmt: skip


def _doubt(design: _Design, inverse: Floats, project: int) -> float:
    """The variance of an adjusted score in units of the error: its own reviews, and what is unsure of their experts."""
    who = design.j[design.i == project]
    return float(1 / len(who) + inverse[np.ix_(who, who)].sum() / len(who) ** 2)


def _normal(design: _Design) -> tuple[Floats, Floats]:
    """The equations of the experts after the projects are taken out: Z′MZ and Z′My."""
    experts = len(design.experts)
    matrix: Floats = np.diag(np.bincount(design.j, minlength=experts).astype(np.float64))
    order = np.argsort(design.i, kind="stable")
    edges = np.cumsum(design.per_project.astype(np.intp))[:-1]
    for who in np.split(design.j[order], edges):
        matrix[np.ix_(who, who)] -= 1 / len(who)
    right = np.bincount(design.j, design.y - design.means[design.i], experts).astype(np.float64)
    return matrix, right


class _Solver:
    """The equations in their own directions: what all of a component have in common cannot be told, and is nought.

    Those directions are the same whatever the shrinkage, which adds itself to each of the others.
    """

    def __init__(self, design: _Design) -> None:
        matrix, self.right = _normal(design)
        values, self.axes = np.linalg.eigh(matrix)
        self.known = values > 1e-10 * max(values.max(), 1.0)
        self.values = np.where(self.known, values, 1.0)
        self.along = np.where(self.known, self.axes.T @ self.right, 0.0)

    def explained(self) -> float:
        """The sum of squares that the experts explain after the projects."""
        return float((self.along**2 / self.values).sum())

    def solve(self, shrinkage: float) -> tuple[Floats, Floats]:
        """The effects, and the inverse that their errors come from."""
        weights = np.where(self.known, 1 / (self.values + shrinkage), 0.0)
        return self.axes @ (weights * self.along), (self.axes * weights) @ self.axes.T


def _variances(design: _Design, solver: _Solver) -> tuple[float | None, float]:
    """The error's variance and λ; nothing and `UNKNOWN` where the design leaves no degree of freedom."""
    within = float(((design.y - design.means[design.i]) ** 2).sum())
    of_experts = len(design.experts) - design.components
    free = len(design.y) - len(design.projects) - of_experts
    if free < 1 or not of_experts:
        return None, UNKNOWN
    # What is left of an exact fit is rounding.
    left = within - solver.explained()
    error = left / free if left > 1e-9 * max(within, 1.0) else 0.0
    spread = (solver.explained() - error * of_experts) / (len(design.y) - len(design.projects))
    return error, float("inf") if spread <= 0 else error / spread


def _decimal(value: float) -> Decimal:
    """Four decimals are more than an advice needs, and the same on every machine."""
    return Decimal(f"{value:.4f}") + 0
