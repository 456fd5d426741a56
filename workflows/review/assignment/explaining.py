"""Why a case gets too few experts, by name, and what would have to give way: the cheapest of all ways."""

from dataclasses import dataclass

import numpy as np

from config.errors import Refusal
from config.words import T
from workflows.review.assignment.network import Flow, Slack, flow_of, network_of
from workflows.review.assignment.problem import Bools, Ints, Problem, without_pins
from workflows.review.assignment.solving import Solution

# So many are named; the rest are counted.
NAMED = 5


class AssignmentInfeasible(Refusal):
    """No assignment keeps every bound; who lacks what is named, and what would help."""

    code = "assignment_infeasible"
    status = 409
    words = T(en="Not everybody can be assigned. {why}", zh="无法全部指派。{why}")


@dataclass(frozen=True, slots=True)
class Shortage:
    """A case that gets fewer experts than it needs, with what became of its candidates.

    `same_employer` counts those of employers that send one and have more; `full` those whose most is reached by others;
    `crossed` those whom a quota keeps out. `rivals` are the cases that compete for the same experts, itself among them;
    `needed` and `there` what these need together and can have.
    """

    case: int
    name: str
    wanted: int
    got: int
    candidates: int
    same_employer: int
    full: int
    crossed: int = 0
    rivals: tuple[str, ...] = ()
    needed: int = 0
    there: int = 0

    @property
    def sentence(self) -> T:
        """What a person reads."""
        en, zh = [f"{self.candidates} candidates"], [f"候选专家 {self.candidates} 名"]
        for count, english, chinese in (
            (self.same_employer, "same employer", "与他人同单位"),
            (self.full, "full", "任务已满"),
            (self.crossed, "kept out by a quota", "受名额限制"),
        ):
            if count:
                en.append(f"{count} {english}")
                zh.append(f"{count} 名{chinese}")
        said = T(
            en=f"{self.name}: {', '.join(en)}; it needs {self.wanted} and gets {self.got}.",
            zh=f"{self.name}：{'，'.join(zh)}；需 {self.wanted} 名，只能安排 {self.got} 名。",
        )
        if len(self.rivals) < 2:
            return said
        more = len(self.rivals) - NAMED
        names = self.rivals[:NAMED]
        return T(
            en=f"{said.en} {len(self.rivals)} cases compete for the same experts ({', '.join(names)}"
            f"{f' and {more} more' if more > 0 else ''}): they need {self.needed}, and {self.there} can be had.",
            zh=f"{said.zh}{len(self.rivals)} 个项目争用同一批专家（{'、'.join(names)}{'等' if more > 0 else ''}）："
            f"共需 {self.needed} 人次，至多可安排 {self.there} 人次。",
        )


@dataclass(frozen=True, slots=True)
class Idle:
    """An expert who gets fewer cases than their least."""

    expert: int
    name: str
    least: int
    got: int
    candidates: int

    @property
    def sentence(self) -> T:
        """What a person reads."""
        return T(
            en=f"{self.name}: at least {self.least} cases are wanted, {self.got} can be had of {self.candidates} that "
            "they may review.",
            zh=f"{self.name}：至少应评 {self.least} 项，可评的 {self.candidates} 项中只能安排 {self.got} 项。",
        )


@dataclass(frozen=True, slots=True)
class Crossed:
    """A quota that gets fewer experts than its least number."""

    name: T
    at_least: int
    got: int

    @property
    def sentence(self) -> T:
        """What a person reads."""
        return T(
            en=f"{self.name.en}: at least {self.at_least} are wanted, {self.got} can be had.",
            zh=f"{self.name.zh}：至少需 {self.at_least} 名，只能安排 {self.got} 名。",
        )


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Something that would have to give way, by how much."""

    kind: str
    words: T
    by: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """All shortages, and the cheapest set of relaxations that together make the question answerable."""

    shortages: tuple[Shortage, ...]
    idle: tuple[Idle, ...]
    quotas: tuple[Crossed, ...]
    relaxations: tuple[Relaxation, ...]

    @property
    def lacking(self) -> tuple[Shortage | Idle | Crossed, ...]:
        """Everything that is missing, cases first."""
        return (*self.shortages, *self.idle, *self.quotas)

    @property
    def sentence(self) -> T:
        """The first of each, for a refusal."""
        parts = [one.sentence for one in self.lacking[:NAMED]]
        more = len(self.lacking) - len(parts)
        if more:
            parts.append(T(en=f"And {more} more.", zh=f"另有 {more} 项。"))
        if self.relaxations:
            parts.append(_way_out(self.relaxations))
        return T(en=" ".join(one.en for one in parts), zh="".join(one.zh for one in parts))


def _way_out(relaxations: tuple[Relaxation, ...]) -> T:
    ways = [one.words for one in relaxations[:NAMED]]
    rest = len(relaxations) - len(ways)
    if rest:
        ways.append(T(en=f"and {rest} more", zh=f"另有 {rest} 项"))
    return T(
        en=f"The cheapest way out: {'; '.join(one.en for one in ways)}.",
        zh=f"代价最小的办法：{'；'.join(one.zh for one in ways)}。",
    )


def explain(found: Solution) -> Explanation:
    """Why `found` lacks what it lacks; nothing where it is complete."""
    if found.complete:
        return Explanation((), (), (), ())
    rest, _ = without_pins(found.asked)
    flow = None if rest.quotas else flow_of(network_of(rest, Slack.MISSING))
    shortages = tuple(_shortage(found, rest, flow, case) for case in np.flatnonzero(found.short).tolist())
    loads = found.loads
    offered = np.bincount(found.asked.expert_of, minlength=found.asked.experts)
    idle = tuple(
        Idle(
            one, found.asked.expert_name(one), int(found.asked.least[one]), int(loads[one]), int(offered[one])
        )
        for one in np.flatnonzero(found.idle).tolist()
    )
    quotas = tuple(
        Crossed(quota.name, quota.at_least, int(found.taken[list(quota.pairs)].sum()))
        for quota, less in zip(found.asked.quotas, found.lacking, strict=False)
        if less
    )
    return Explanation(shortages, idle, quotas, relaxations(found.asked))


def refuse(found: Solution) -> None:
    """Refuse a solution that lacks something.

    Raises:
        AssignmentInfeasible: with every name, and the cheapest way out.
    """
    if not found.complete:
        raise AssignmentInfeasible(why=explain(found).sentence)


def relaxations(asked: Problem) -> tuple[Relaxation, ...]:
    """The cheapest set of bounds to give way so that everything fits: loads, least loads, employers, last of all seats.

    Quotas that cross the employers are left out of account.
    """
    rest, _ = without_pins(asked)
    flow = flow_of(network_of(rest, Slack.CHEAPEST))
    assert flow is not None, "every bound has an arc around it"
    groups = rest.shared[2]
    found = []
    for expert in np.flatnonzero(flow.of("load_more")).tolist():
        by, most = int(flow.of("load_more")[expert]), int(asked.most[expert])
        name = asked.expert_name(expert)
        words = T(
            en=f"{most + by} cases for {name} (now at most {most})",
            zh=f"{name} 评审 {most + by} 项（现至多 {most} 项）",
        )
        found.append(Relaxation("load", words, by))
    for expert in np.flatnonzero(flow.of("least_less")).tolist():
        by, least = int(flow.of("least_less")[expert]), int(asked.least[expert])
        name = asked.expert_name(expert)
        words = T(
            en=f"{least - by} as the least for {name} (now {least})",
            zh=f"{name} 最少 {least - by} 项（现 {least} 项）",
        )
        found.append(Relaxation("least", words, by))
    for group in np.flatnonzero(flow.of("employer_twice")).tolist():
        by, name = int(flow.of("employer_twice")[group]), asked.case_name(int(groups[group]))
        words = T(
            en=f"{by + 1} experts of one employer for {name}", zh=f"{name} 允许同一单位 {by + 1} 名专家"
        )
        found.append(Relaxation("employer", words, by))
    for case in np.flatnonzero(flow.of("seats_less")).tolist():
        by, wanted = int(flow.of("seats_less")[case]), int(asked.wanted[case])
        name = asked.case_name(case)
        words = T(
            en=f"{wanted - by} experts for {name} (now {wanted})",
            zh=f"{name} 由 {wanted - by} 名专家评审（现 {wanted} 名）",
        )
        found.append(Relaxation("seats", words, by))
    return tuple(found)


def _shortage(found: Solution, rest: Problem, flow: Flow | None, case: int) -> Shortage:
    asked = found.asked
    mine = np.flatnonzero(asked.case_of == case)
    sitting = asked.expert_of[mine[found.taken[mine]]]
    left = asked.expert_of[mine[~found.taken[mine]]]
    employers = asked.employer_of[sitting]
    colleague = np.isin(asked.employer_of[left], employers[employers >= 0])
    full = ~colleague & (found.loads[left] >= asked.most[left])
    senders = np.unique(asked.employer_of[left[colleague]])
    rivals, needed, there = _rivals(rest, flow, case) if flow else ((), 0, 0)
    return Shortage(
        case=case, name=asked.case_name(case), wanted=int(asked.wanted[case]), got=len(sitting), candidates=len(mine),
        same_employer=int(colleague.sum()) + len(senders), full=int(full.sum()),
        crossed=int((~colleague & ~full).sum()), rivals=rivals, needed=needed, there=there,
    )  # fmt: skip


def _rivals(rest: Problem, flow: Flow, case: int) -> tuple[tuple[str, ...], int, int]:
    """The cases on the same side of the cut as `case`: whatever they do, they have too few between them."""
    network = flow.network
    inner = np.zeros(len(network.tail), dtype=np.bool_)
    for part in ("pairs", "employers"):
        inner[network.where[part]] = True
    forward, back = inner & (flow.carried < network.capacity), inner & (flow.carried > 0)
    tail = np.concatenate([network.tail[forward], network.head[back]])
    head = np.concatenate([network.head[forward], network.tail[back]])
    reached: Bools = np.zeros(len(network.supply), dtype=np.bool_)
    reached[case] = True
    while True:
        new = np.unique(head[reached[tail]])
        new = new[~reached[new]]
        if not len(new):
            break
        reached[new] = True
    cases: Ints = np.flatnonzero(reached[: rest.cases])
    needed = int(rest.wanted[cases].sum())
    short = int(flow.of("seats_less")[cases].sum())
    return tuple(rest.case_name(int(one)) for one in cases), needed, needed - short
