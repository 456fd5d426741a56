"""What is asked: candidates (pairs of case and expert), how many each case needs, how much each expert may be given."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from config.errors import Refusal
from config.words import T

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
# The best that a pair can be; qualities are whole numbers per mille.
BEST = 1000
# Cases and employers are counted in a table of at most so many places a candidate; else only what may be shared is.
DENSE = 8


class AssignmentFault(Refusal):
    """A question that contradicts itself, such as a pair that is forced and cannot be."""

    code = "assignment_fault"
    status = 409
    words = T(en="This cannot be assigned: {what}.", zh="无法指派：{what}。")


@dataclass(frozen=True, slots=True)
class Quota:
    """Of `pairs` (positions among the candidates) at least and at most so many are taken. It may cross others."""

    pairs: tuple[int, ...]
    at_least: int
    at_most: int
    name: T


@dataclass(frozen=True)
class Problem:
    """Cases, experts and candidates by number from 0; a pair that is no candidate (a conflict, a no) is never taken.

    `case_of`, `expert_of` and `quality` (0 to `BEST`) have one entry for each candidate, `pinned` and `standing` too:
    pairs that are forced, and those that hold already, as few of which as possible a repair gives up. `wanted` has one
    entry for each case; `least`, `most` and `employer_of` (−1: none) one for each expert.
    """

    case_of: Ints
    expert_of: Ints
    quality: Ints
    wanted: Ints
    least: Ints
    most: Ints
    employer_of: Ints
    pinned: Bools | None = None
    standing: Bools | None = None
    quotas: tuple[Quota, ...] = ()
    case_names: tuple[str, ...] = field(default=(), repr=False)
    expert_names: tuple[str, ...] = field(default=(), repr=False)

    @property
    def cases(self) -> int:
        return len(self.wanted)

    @property
    def experts(self) -> int:
        return len(self.most)

    def case_name(self, case: int) -> str:
        return self.case_names[case] if self.case_names else str(case)

    def expert_name(self, expert: int) -> str:
        return self.expert_names[expert] if self.expert_names else str(expert)

    @cached_property
    def shared(self) -> tuple[Bools, Ints, Ints]:
        """Where several candidates of one case have one employer: which pairs, the group of each, the groups' cases."""
        employer = self.employer_of[self.expert_of]
        employers = int(self.employer_of.max(initial=-1)) + 1
        # Whoever has none has the number before a case's first, which is nobody else's.
        key = self.case_of * (employers + 1) + employer
        if self.cases * (employers + 1) <= DENSE * len(key):
            several = np.bincount(key + 1, minlength=self.cases * (employers + 1) + 1) > 1
            several[:: employers + 1] = False
            shares = several[key + 1]
            return (
                shares,
                (np.cumsum(several) - 1)[key[shares] + 1],
                (np.flatnonzero(several) - 1) // (employers + 1),
            )
        maybe = _crowded(key)
        maybe = maybe[employer[maybe] >= 0]
        # In the order of their keys, which is nearly theirs, those that share one stand side by side.
        order = np.argsort(key[maybe], kind="stable")
        ranked = key[maybe[order]]
        same = np.zeros(len(ranked) + 1, dtype=np.bool_)
        same[1:-1] = ranked[1:] == ranked[:-1]
        beside = same[1:] | same[:-1]
        starts = (same[1:] & ~same[:-1])[beside]
        number = np.full(len(maybe), -1)
        number[order[beside]] = np.cumsum(starts) - 1
        shares = np.zeros(len(key), dtype=np.bool_)
        shares[maybe[number >= 0]] = True
        return shares, number[number >= 0], ranked[beside][starts] // (employers + 1)


def _crowded(key: Ints) -> Ints:
    """The places of all numbers that occur several times, and of some others.

    Sorting every key would take longer than all the rest. Few share a bucket, and only those are sorted.
    """
    size = 1 << (4 * len(key) | 1).bit_length()
    bucket, number = key & (size - 1), np.arange(len(key), dtype=np.int32)
    last = np.zeros(size, dtype=np.int32)
    last[bucket] = number
    crowded = np.zeros(size, dtype=np.bool_)
    crowded[bucket[last[bucket] != number]] = True
    return np.flatnonzero(crowded[bucket])


def problem(
    case_of: ArrayLike,
    expert_of: ArrayLike,
    quality: ArrayLike,
    *,
    wanted: ArrayLike,
    least: ArrayLike,
    most: ArrayLike,
    employer_of: ArrayLike | None = None,
    pinned: ArrayLike | None = None,
    standing: ArrayLike | None = None,
    quotas: tuple[Quota, ...] = (),
    case_names: tuple[str, ...] = (),
    expert_names: tuple[str, ...] = (),
) -> Problem:
    """The question out of anything that numpy reads, checked.

    Raises:
        AssignmentFault: numbers out of range, a pair twice, a bound that contradicts another, a pin that cannot be.
    """
    most_ = np.asarray(most, dtype=np.int64)
    made = Problem(
        np.asarray(case_of, dtype=np.int64),
        np.asarray(expert_of, dtype=np.int64),
        np.asarray(quality, dtype=np.int64),
        np.asarray(wanted, dtype=np.int64),
        np.asarray(least, dtype=np.int64),
        most_,
        np.full(len(most_), -1) if employer_of is None else np.asarray(employer_of, dtype=np.int64),
        None if pinned is None else np.asarray(pinned, dtype=np.bool_),
        None if standing is None else np.asarray(standing, dtype=np.bool_),
        quotas,
        case_names,
        expert_names,
    )
    _check_numbers(made)
    _check_pins(made)
    return made


def _check_numbers(asked: Problem) -> None:
    pairs = len(asked.case_of)
    if not pairs == len(asked.expert_of) == len(asked.quality):
        raise _fault("cases, experts and qualities differ in number", "项目、专家与匹配度数目不一致")
    if not asked.experts == len(asked.least) == len(asked.employer_of):
        raise _fault("the experts' bounds differ in number", "专家的任务量上下限数目不一致")
    for numbers, most in (
        (asked.case_of, asked.cases),
        (asked.expert_of, asked.experts),
        (asked.quality, BEST + 1),
    ):
        if pairs and (int(numbers.min()) < 0 or int(numbers.max()) >= most):
            raise _fault("a candidate pair is out of range", "候选组合超出范围")
    if asked.cases and int(asked.wanted.min()) < 0:
        raise _fault("a case needs fewer than no experts", "项目所需专家数为负数")
    wrong = np.flatnonzero((asked.least < 0) | (asked.least > asked.most))
    if len(wrong):
        one = int(wrong[0])
        name, least, most = asked.expert_name(one), int(asked.least[one]), int(asked.most[one])
        raise _fault(
            f"{name} is to have at least {least} and at most {most}",
            f"{name} 的任务量至少 {least}、至多 {most}",
        )
    if pairs:
        key = asked.case_of * asked.experts + asked.expert_of
        # Candidates mostly come in order already; sorting what is sorted would cost more than the check.
        ordered = key if bool((key[1:] > key[:-1]).all()) else np.sort(key)
        same = np.flatnonzero(ordered[1:] == ordered[:-1])
        if len(same):
            case, expert = divmod(int(ordered[int(same[0])]), asked.experts)
            pair = f"{asked.case_name(case)} × {asked.expert_name(expert)}"
            raise _fault(f"{pair} stands among the candidates twice", f"{pair} 在候选名单中重复")


def _check_pins(asked: Problem) -> None:
    if asked.pinned is None or not asked.pinned.any():
        return
    cases, experts = asked.case_of[asked.pinned], asked.expert_of[asked.pinned]
    for counts, bounds, name in (
        (np.bincount(cases, minlength=asked.cases), asked.wanted, asked.case_name),
        (np.bincount(experts, minlength=asked.experts), asked.most, asked.expert_name),
    ):
        over = np.flatnonzero(counts > bounds)
        if len(over):
            one = int(over[0])
            raise _fault(
                f"{name(one)} has {counts[one]} forced pairs and takes at most {bounds[one]}",
                f"{name(one)} 的固定组合有 {counts[one]} 个，至多 {bounds[one]} 个",
            )
    seen: dict[tuple[int, int], int] = {}
    for case, expert in zip(cases.tolist(), experts.tolist(), strict=True):
        employer = int(asked.employer_of[expert])
        other = seen.setdefault((case, employer), expert) if employer >= 0 else expert
        if other != expert:
            both = f"{asked.expert_name(other)}, {asked.expert_name(expert)}"
            raise _fault(
                f"{both} have one employer and are both forced on {asked.case_name(case)}",
                f"{both} 同单位，却都固定在 {asked.case_name(case)}",
            )


def without_pins(asked: Problem) -> tuple[Problem, Ints]:
    """What is left to be found once the forced pairs are taken, and the positions of the pairs that are left."""
    if asked.pinned is None or not asked.pinned.any():
        return asked, np.arange(len(asked.case_of))
    cases, experts = asked.case_of[asked.pinned], asked.expert_of[asked.pinned]
    employer = asked.employer_of
    taken = {
        (c, int(employer[e]))
        for c, e in zip(cases.tolist(), experts.tolist(), strict=True)
        if employer[e] >= 0
    }
    free = ~asked.pinned
    if taken:
        keys = np.array([c * (asked.experts + 1) + e for c, e in taken])
        of_pair = employer[asked.expert_of]
        key = np.where(of_pair >= 0, asked.case_of * (asked.experts + 1) + of_pair, -1)
        free &= ~np.isin(key, keys)
    load = np.bincount(experts, minlength=asked.experts)
    kept = np.flatnonzero(free)
    rest = replace(
        asked,
        case_of=asked.case_of[kept],
        expert_of=asked.expert_of[kept],
        quality=asked.quality[kept],
        wanted=asked.wanted - np.bincount(cases, minlength=asked.cases),
        least=np.maximum(asked.least - load, 0),
        most=asked.most - load,
        pinned=None,
        standing=None if asked.standing is None else asked.standing[kept],
        quotas=quotas_among(asked, kept),
    )
    return rest, kept


def quotas_among(asked: Problem, kept: Ints) -> tuple[Quota, ...]:
    """The quotas over the pairs that are kept, less what forced pairs that are not kept count for."""
    place = {int(pair): number for number, pair in enumerate(kept)} if asked.quotas else {}
    found = []
    for quota in asked.quotas:
        gone = [pair for pair in quota.pairs if pair not in place]
        fixed = 0 if asked.pinned is None else int(asked.pinned[gone].sum())
        pairs = tuple(place[pair] for pair in quota.pairs if pair in place)
        found.append(
            replace(
                quota, pairs=pairs, at_least=max(quota.at_least - fixed, 0), at_most=quota.at_most - fixed
            )
        )
    return tuple(found)


def _fault(en: str, zh: str) -> AssignmentFault:
    return AssignmentFault(what=T(en=en, zh=zh))
