"""Who can be drawn, who cannot and by which rule, and what the panel has to look like."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.errors import Refusal
from config.words import T
from workflows.review.draw.rfc3797 import MOST


class PoolFault(Refusal):
    """A pool or a panel that contradicts itself."""

    code = "draw_pool_fault"
    words = T(
        en="The pool cannot be frozen: {what}. Mend it and freeze it again.",
        zh="候选名单不能冻结：{what}。请改正后重新冻结。",
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert as they stand in a pool; they sit on a panel for one of `fields`."""

    code: str
    name: str
    employer: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Somebody who cannot be drawn, by a rule of the announcement, with what it was found in."""

    candidate: Candidate
    rule: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """How many of a kind sit on a panel; without `at_most` as many as there are seats."""

    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """What is drawn. The defaults are the tendering law's, by analogy: odd, 5 or more, two thirds in the field."""

    seats: int
    in_field: tuple[str, ...]
    share: tuple[int, int] = (2, 3)
    per_employer: int = 1
    fields: Mapping[str, Quota] = field(default_factory=dict)
    employers: Mapping[str, Quota] = field(default_factory=dict)
    least: int = 5
    odd: bool = True

    @property
    def needed_in_field(self) -> int:
        """Seats that only experts in the field can take, rounded up."""
        part, whole = self.share
        return -(-self.seats * part // whole)

    def of_field(self, name: str) -> tuple[int, int]:
        """Least and most members who sit for a field."""
        return _bounds(self.fields.get(name), self.seats)

    def of_employer(self, name: str) -> tuple[int, int]:
        """Least and most members from an employer."""
        return _bounds(self.employers.get(name, Quota(0, self.per_employer)), self.seats)


def _bounds(quota: Quota | None, seats: int) -> tuple[int, int]:
    if quota is None:
        return 0, seats
    return quota.at_least, seats if quota.at_most is None else min(quota.at_most, seats)


@dataclass(frozen=True, slots=True)
class Pool:
    """Candidates and exclusions in canonical order: by code, then by rule, as Unicode sorts them."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Exclusion, ...] = ()
    rules: Mapping[str, T] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "candidates", tuple(sorted(map(_canonical, self.candidates), key=_code)))
        excluded = (Exclusion(_canonical(one.candidate), one.rule, one.evidence) for one in self.excluded)
        object.__setattr__(
            self, "excluded", tuple(sorted(excluded, key=lambda one: (one.candidate.code, one.rule)))
        )


def _canonical(candidate: Candidate) -> Candidate:
    fields = tuple(sorted(set(candidate.fields)))
    return Candidate(candidate.code, candidate.name, candidate.employer, fields)


def _code(candidate: Candidate) -> str:
    return candidate.code


def check(pool: Pool, panel: Panel) -> None:
    """Refuse what contradicts itself, by name.

    Raises:
        PoolFault: it says what.
    """
    _check_people(pool)
    _check_panel(panel)


def _check_people(pool: Pool) -> None:
    codes = [one.code for one in pool.candidates]
    excluded = [(one.candidate.code, one.rule) for one in pool.excluded]
    if len(codes) > MOST:
        raise _fault(f"it has {len(codes):,} candidates, at most {MOST:,} can be drawn from",
                     f"候选人 {len(codes):,} 名，超过上限 {MOST:,} 名")  # fmt: skip
    for one in (*pool.candidates, *(exclusion.candidate for exclusion in pool.excluded)):
        if not one.code or not one.employer:
            raise _fault(f"“{one.code or one.name}” has no code or no employer",
                         f"“{one.code or one.name}”缺少编号或单位")  # fmt: skip
    twice = [code for code, count in Counter(codes).items() if count > 1]
    if twice:
        raise _fault(f"{twice[0]} stands in it twice", f"{twice[0]} 重复出现")
    for one in pool.candidates:
        if not one.fields:
            raise _fault(f"{one.code} has no field", f"{one.code} 没有专业领域")
    known = set(codes)
    for (code, rule), count in Counter(excluded).items():
        if code in known:
            raise _fault(f"{code} is a candidate and excluded", f"{code} 既在候选名单又被排除")
        if rule not in pool.rules:
            raise _fault(f"{code} is excluded by the rule “{rule}”, which is not among the rules",
                         f"{code} 的排除规则“{rule}”未列明")  # fmt: skip
        if count > 1:
            raise _fault(f"{code} is excluded by “{rule}” twice", f"{code} 按“{rule}”重复排除")


def _check_panel(panel: Panel) -> None:
    part, whole = panel.share
    if panel.seats < panel.least:
        raise _fault(f"a panel has at least {panel.least} seats, not {panel.seats}",
                     f"专家组至少 {panel.least} 人，现为 {panel.seats} 人")  # fmt: skip
    if panel.odd and panel.seats % 2 == 0:
        raise _fault(f"a panel has an odd number of seats, not {panel.seats}",
                     f"专家组人数应为单数，现为 {panel.seats} 人")  # fmt: skip
    if not 0 <= part <= whole or whole < 1:
        raise _fault(f"the share in the field is {part}/{whole}", f"本领域专家比例为 {part}/{whole}")
    if panel.per_employer < 1:
        raise _fault("no employer may send anybody", "每个单位的名额为零")
    for name, quota in (*panel.fields.items(), *panel.employers.items()):
        if quota.at_least < 0 or (quota.at_most is not None and quota.at_most < quota.at_least):
            raise _fault(f"the quota of “{name}” is {quota.at_least} to {quota.at_most}",
                         f"“{name}”的名额为 {quota.at_least} 至 {quota.at_most}")  # fmt: skip


def _fault(en: str, zh: str) -> PoolFault:
    return PoolFault(what=T(en=en, zh=zh))
