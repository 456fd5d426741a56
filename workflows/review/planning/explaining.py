"""Why no plan keeps every rule, by name, and the cheapest set of rules that would have to give way."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.errors import Refusal
from config.words import T
from workflows.review.planning.model import Model
from workflows.review.planning.question import Question

NAMED = 5


class PlanInfeasible(Refusal):
    """No plan keeps every rule; what stands in the way is named."""

    code = "plan_infeasible"
    status = 409
    words = T(en="These sessions cannot be planned. {why}", zh="无法安排评审场次。{why}")


@dataclass(frozen=True, slots=True)
class Why:
    """What there is too little of, each by itself, and what together would make a plan possible."""

    reasons: tuple[T, ...]
    relaxations: tuple[T, ...]

    @property
    def sentence(self) -> T:
        """The first of each, for a refusal."""
        parts = list(self.reasons[:NAMED]) or [
            T(en="No plan that keeps all rules together was found.", zh="未找到同时满足各项要求的方案。")
        ]
        if self.relaxations:
            ways = list(self.relaxations[:NAMED])
            more = len(self.relaxations) - len(ways)
            if more:
                ways.append(T(en=f"and {more} more", zh=f"另有 {more} 项"))
            parts.append(
                T(
                    en=f"The cheapest way out: {'; '.join(one.en for one in ways)}.",
                    zh=f"代价最小的办法：{'；'.join(one.zh for one in ways)}。",
                )
            )
        return T(en=" ".join(one.en for one in parts), zh="".join(one.zh for one in parts))


def explain(asked: Question, *, seconds: float) -> Why:
    """Count what is missing, and ask a soft model what would have to give way."""
    return Why(tuple(_reasons(asked)), relaxations(asked, seconds=seconds))


def relaxations(asked: Question, *, seconds: float) -> tuple[T, ...]:
    """The cheapest set of rules to give way so that there is a plan (the best found in `seconds`)."""
    from ortools.sat.python import cp_model  # noqa: PLC0415

    model = Model(asked, soft=True)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = min(seconds, 5.0)
    if solver.solve(model.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ()
    found = []
    for kind, what, variable, _ in model.slacks:
        by = int(solver.value(variable))
        if by:
            found.append(_words(asked, kind, what, by))
    return tuple(found)


def _words(asked: Question, kind: str, what: tuple[int, ...], by: int) -> T:
    """A bound that gives way by so much, as people say it."""
    rules, number = asked.rules, what[0]
    if kind in ("unplanned", "recused"):
        words, much = (
            _OF_PROJECT[kind],
            {"name": asked.projects[number].name, "many": rules.recused_most + by},
        )
    elif kind == "beyond":
        one = asked.experts[number]
        words, much = _BEYOND, {"name": one.name, "many": one.most + by, "most": one.most}
    else:
        bound = {
            "seat": rules.seats - by,
            "overfull": rules.size[1] + by,
            "twice": by + 1,
            "in_field": rules.in_field - by,
        }
        words, much = (
            _OF_CELL[kind],
            {"where": asked.cells[number].words, "many": bound[kind], "most": rules.in_field},
        )
    return words.format(**much)


_OF_PROJECT = {
    "unplanned": T(en="{name} is heard another time", zh="{name} 另行安排"),
    "recused": T(en="{many} members leave for {name}", zh="{name} 允许 {many} 名专家回避"),
}
_BEYOND = T(
    en="{many} sessions for {name} (now at most {most})", zh="{name} 参加 {many} 场（现至多 {most} 场）"
)
_OF_CELL = {
    "seat": T(en="{many} members on {where}", zh="{where} 由 {many} 名专家评审"),
    "overfull": T(en="{many} projects on {where}", zh="{where} 安排 {many} 个项目"),
    "twice": T(en="{many} of one employer on {where}", zh="{where} 允许同一单位 {many} 名专家"),
    "in_field": T(
        en="{many} rather than {most} experts in the field on {where}",
        zh="{where} 本领域专家 {many} 名（应为 {most} 名）",
    ),
}


def _reasons(asked: Question) -> Iterator[T]:
    rules, sessions = asked.rules, asked.sessions[0]
    projects, cells, most = len(asked.projects), len(asked.cells), rules.size[1]
    if cells < sessions:
        yield T(
            en=f"{sessions} sessions are wanted, and {cells} half-days with a room are free.",
            zh=f"需安排 {sessions} 场，空闲的会议室半天只有 {cells} 个。",
        )
    if sessions * most < projects:
        yield T(
            en=f"{projects} projects do not go into {sessions} sessions of at most {most}.",
            zh=f"{sessions} 场、每场至多 {most} 个，安排不下 {projects} 个项目。",
        )
    if sessions * rules.size[0] > projects:
        yield T(
            en=f"{projects} projects are too few for {sessions} sessions of at least {rules.size[0]}.",
            zh=f"{projects} 个项目不足以安排 {sessions} 场、每场至少 {rules.size[0]} 个。",
        )
    seats = sum(min(one.most, _days(asked, number)) for number, one in enumerate(asked.experts))
    if seats < sessions * rules.seats:
        yield T(
            en=f"{sessions * rules.seats} seats are to be taken, and all experts together can come {seats} times.",
            zh=f"共需 {sessions * rules.seats} 人次，全部专家至多可到场 {seats} 人次。",
        )
    for number in range(projects):
        found = _of_project(asked, number)
        if found:
            yield found


def _days(asked: Question, expert: int) -> int:
    return len(asked.halves.keys() - asked.experts[expert].away)


def _of_project(asked: Question, project: int) -> T | None:
    """Why a project by itself has no cell: nobody to present it, or no panel in its field in any half-day."""
    one = asked.projects[project]
    cells = [number for number, cell in enumerate(asked.cells) if cell.when not in one.away]
    if not cells:
        return T(
            en=f"{one.name}: its presenter can come on none of the half-days.",
            zh=f"{one.name}：答辩人在所有半天都不能到场。",
        )
    inside = asked.covering(one.fields)
    free = [expert for expert in inside if (expert, project) not in asked.conflicts]

    def coming(cell: int) -> list[int]:
        return [expert for expert in free if asked.may_sit(expert, cell)]

    def employers(some: list[int]) -> int:
        names = [asked.experts[expert].employer for expert in some]
        return len({name for name in names if name}) + names.count("")

    needed = asked.rules.in_field - asked.rules.recused_most
    best = max(cells, key=lambda cell: employers(coming(cell)))
    there, can = coming(best), employers(coming(best))
    if can >= needed:
        return None
    same, away = len(there) - can, len(free) - len(there)
    recused = len(inside) - len(free)
    return T(
        en=f"{one.name}: {len(inside)} candidates in its field, {recused} recused, {away} away, {same} same employer; "
        f"{needed} are needed and {can} can come together at best ({asked.cells[best].words.en}).",
        zh=f"{one.name}：本领域候选专家 {len(inside)} 名，其中 {recused} 名须回避，{away} 名不能到场，"
        f"{same} 名与他人同单位；需 {needed} 名，最多 {can} 名能同时到场（{asked.cells[best].words.zh}）。",
    )
