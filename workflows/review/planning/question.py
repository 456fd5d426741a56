"""What is asked: projects, experts, and the half-days and rooms that are free."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from config.errors import Refusal
from config.words import T

# A day and the half of it.
Half = tuple[date, str]
HALVES = {"am": T(en="morning", zh="上午"), "pm": T(en="afternoon", zh="下午")}


class PlanningFault(Refusal):
    """A question that contradicts itself: it says what."""

    code = "planning_fault"
    status = 409
    words = T(en="These sessions cannot be planned: {what}.", zh="无法安排评审场次：{what}。")


class TwoRooms(Refusal):
    """An expert cannot be in two rooms in the same half-day."""

    code = "expert_in_two_rooms"
    status = 409
    words = T(
        en="{expert} cannot sit in {one} and in {other} on the {half} of {on}. Take them off one of the two panels.",
        zh="{expert} 不能在 {on} {half}同时参加 {one} 和 {other} 的评审。请从其中一个专家组中移除。",
    )


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A room in a half-day: one session fits."""

    on: date
    half: str
    room: str

    @property
    def when(self) -> Half:
        return self.on, self.half

    @property
    def words(self) -> T:
        """The cell as people say it."""
        half = HALVES[self.half]
        return T(en=f"{self.on} {half.en}, {self.room}", zh=f"{self.on} {half.zh} {self.room}")


@dataclass(frozen=True, slots=True)
class Project:
    """A case to be heard. Experts of any of its fields are in the field; `away`: when its presenter cannot come."""

    name: str
    fields: frozenset[str]
    away: frozenset[Half] = frozenset()


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody who can sit: their fields, their employer, when they cannot come, how many sessions at most."""

    name: str
    fields: frozenset[str]
    employer: str = ""
    away: frozenset[Half] = frozenset()
    most: int = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """What a session has to look like; the defaults are the law's by analogy, and about five projects a session."""

    seats: int = 5
    share: tuple[int, int] = (2, 3)
    size: tuple[int, int] = (4, 6)
    # How many sessions; none: about as many as sessions of the middle size make.
    sessions: int | None = None
    # How many of the panel may have to leave for one project.
    recused_most: int = 1
    # Panels are to share experts, so that scores can be compared.
    linked: bool = True

    @property
    def in_field(self) -> int:
        """Seats that only experts in a project's field can take, rounded up."""
        part, whole = self.share
        return -(-self.seats * part // whole)


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a plan, by number: its cell, its projects in their order, its panel."""

    cell: int
    projects: tuple[int, ...]
    panel: tuple[int, ...]


@dataclass(frozen=True)
class Question:
    """Everything by number from 0. `conflicts` are (expert, project); pins force a (project, cell) or (expert, cell).

    `standing` sessions make it a repair: as few projects and members as can be change; `gone` are (expert, cell) that
    cannot be any more.
    """

    projects: tuple[Project, ...]
    experts: tuple[Expert, ...]
    cells: tuple[Cell, ...]
    conflicts: frozenset[tuple[int, int]] = frozenset()
    rules: Rules = field(default_factory=Rules)
    project_pins: frozenset[tuple[int, int]] = frozenset()
    expert_pins: frozenset[tuple[int, int]] = frozenset()
    standing: tuple[Session, ...] = ()
    gone: frozenset[tuple[int, int]] = frozenset()

    @property
    def sessions(self) -> tuple[int, int]:
        """How many sessions there are to be: the fewest and the most."""
        if self.rules.sessions is not None:
            return self.rules.sessions, self.rules.sessions
        least, most = self.rules.size
        fewest = -(-len(self.projects) // most)
        return fewest, max(fewest, min(len(self.cells), len(self.projects) // least))

    @property
    def target(self) -> int:
        """How many sessions there would be if each were of the middle size."""
        fewest, most = self.sessions
        return min(max(-(-len(self.projects) // (sum(self.rules.size) // 2)), fewest), most)

    @cached_property
    def kinds(self) -> dict[frozenset[str], list[int]]:
        """The projects by their fields: projects of the same fields ask the same of a panel."""
        found: dict[frozenset[str], list[int]] = defaultdict(list)
        for number, one in enumerate(self.projects):
            found[one.fields].append(number)
        return dict(found)

    @cached_property
    def halves(self) -> Mapping[Half, list[int]]:
        """The cells of each half-day."""
        found: dict[Half, list[int]] = defaultdict(list)
        for number, one in enumerate(self.cells):
            found[one.when].append(number)
        return dict(found)

    def covering(self, fields: frozenset[str]) -> list[int]:
        """The experts who are in the field of projects with `fields`."""
        return [number for number, one in enumerate(self.experts) if one.fields & fields]

    def may_sit(self, expert: int, cell: int) -> bool:
        """Whether an expert can come to a cell."""
        return (expert, cell) not in self.gone and self.cells[cell].when not in self.experts[expert].away


def check(asked: Question) -> None:
    """Refuse what contradicts itself.

    Raises:
        TwoRooms: somebody is forced into two rooms at once.
        PlanningFault: no project, no cell, or a pin that cannot be; it says what.
    """
    least, most = asked.rules.size
    if not asked.projects:
        raise _fault("there is no project", "没有待评审项目")
    if not asked.cells:
        raise _fault(
            "on the days and in the rooms that were chosen every half-day is taken; choose other days or another room",
            "所选日期和会议室的每个半天均已占用，请换日期或会议室",
        )
    if not 1 <= least <= most:
        raise _fault(f"a session is to have {least} to {most} projects", f"每场项目数为 {least} 至 {most} 个")
    if asked.rules.seats < 1:
        raise _fault("a panel has no seat", "专家组没有席位")
    _check_projects(asked)
    _check_experts(asked)


def check_rooms(asked: Question, seats: Iterable[tuple[int, int]]) -> None:
    """Refuse (expert, cell) that put somebody into two rooms at once.

    Raises:
        TwoRooms: it names both rooms.
    """
    sits: dict[tuple[int, Half], int] = {}
    for expert, cell in sorted(seats):
        where = asked.cells[cell]
        other = sits.setdefault((expert, where.when), cell)
        if other != cell:
            raise TwoRooms(
                expert=asked.experts[expert].name, one=asked.cells[other].room, other=where.room,
                half=HALVES[where.half], on=where.on,
            )  # fmt: skip


def _check_projects(asked: Question) -> None:
    seen: dict[int, int] = {}
    for project, cell in sorted(asked.project_pins):
        name, where = asked.projects[project].name, asked.cells[cell].words
        if seen.setdefault(project, cell) != cell:
            raise _fault(f"{name} is forced into two sessions", f"{name} 被固定在两个场次")
        if asked.cells[cell].when in asked.projects[project].away:
            raise _fault(
                f"the presenter of {name} cannot come on {where.en}", f"{name} 的答辩人 {where.zh} 不能到场"
            )


def _check_experts(asked: Question) -> None:
    check_rooms(asked, asked.expert_pins)
    senders: dict[tuple[str, int], int] = {}
    for expert, cell in sorted(asked.expert_pins):
        one, where = asked.experts[expert], asked.cells[cell].words
        if not asked.may_sit(expert, cell):
            raise _fault(f"{one.name} cannot come on {where.en}", f"{one.name} {where.zh} 不能到场")
        other = senders.setdefault((one.employer, cell), expert) if one.employer else expert
        if other != expert:
            both = asked.experts[other].name
            raise _fault(
                f"{both} and {one.name} have one employer and are both forced into {where.en}",
                f"{both} 与 {one.name} 同单位，却都固定在 {where.zh}",
            )


def _fault(en: str, zh: str) -> PlanningFault:
    return PlanningFault(what=T(en=en, zh=zh))
