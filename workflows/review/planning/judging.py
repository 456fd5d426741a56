"""Whether sessions keep every rule, and what they cost: without a solver, for every plan wherever it comes from."""

from collections import Counter
from collections.abc import Iterator, Sequence

from workflows.review.planning.question import Question, Session

# What a plan costs. A repair's changes come before everything else.
RECUSAL, APART, MIXED, REPEATED = 1000, 30, 20, 5
MOVED, NEW_MEMBER = 100_000, 20_000


def fair(asked: Question) -> int:
    """How many sessions of one expert are no fault: an even share, and one more where panels are to be linked."""
    # Who links two panels sits in both.
    return -(-asked.target * asked.rules.seats // max(len(asked.experts), 1)) + asked.rules.linked


def keeps_rules(asked: Question, sessions: Sequence[Session]) -> bool:
    """Whether this is a plan: every project heard once, every panel whole, every rule and pin kept."""
    heard = [(project, one.cell) for one in sessions for project in one.projects]
    seated = [(expert, one.cell) for one in sessions for expert in one.panel]
    cells = asked.cells
    fewest, greatest = asked.sessions
    loads = Counter(expert for expert, _ in seated)
    halves = Counter((expert, cells[cell].when) for expert, cell in seated)
    return (
        sorted(project for project, _ in heard) == list(range(len(asked.projects)))
        and fewest <= len(sessions) == len({one.cell for one in sessions}) <= greatest
        and not any(cells[cell].when in asked.projects[project].away for project, cell in heard)
        and all(asked.may_sit(expert, cell) for expert, cell in seated)
        and all(count <= asked.experts[expert].most for expert, count in loads.items())
        and max(halves.values(), default=1) == 1
        and asked.project_pins <= set(heard)
        and asked.expert_pins <= set(seated)
        and all(_keeps(asked, one) for one in sessions)
    )


def _keeps(asked: Question, one: Session) -> bool:
    """Whether size, panel, employers, fields and recusals of one session are as the rules say."""
    rules, panel = asked.rules, [asked.experts[expert] for expert in one.panel]
    employers = [member.employer for member in panel if member.employer]
    return (
        rules.size[0] <= len(one.projects) <= rules.size[1]
        and len(panel) == rules.seats
        and len(set(employers)) == len(employers)
        and all(
            sum(bool(member.fields & fields) for member in panel) >= rules.in_field
            for fields in {asked.projects[project].fields for project in one.projects}
        )
        and all(count <= rules.recused_most for count in Counter(p for _, p in _leaving(asked, one)).values())
    )


def _leaving(asked: Question, one: Session) -> Iterator[tuple[int, int]]:
    for expert in one.panel:
        for project in one.projects:
            if (expert, project) in asked.conflicts:
                yield expert, project


def cost_of(asked: Question, sessions: Sequence[Session]) -> int:
    """What these sessions cost, as the model prices them. One more member or project never costs less."""
    kinds = sum(len({asked.projects[project].fields for project in one.projects}) for one in sessions)
    recusals = sum(1 for one in sessions for _ in _leaving(asked, one))
    fewest, greatest = asked.sessions
    apart = abs(len(sessions) - asked.target) if greatest > fewest else 0
    share = fair(asked)
    loads = Counter(expert for one in sessions for expert in one.panel)
    more = sum(max(count - share, 0) for count in loads.values())
    return (
        RECUSAL * recusals + APART * apart + MIXED * (kinds - len(sessions)) + REPEATED * more
        + _changes(asked, sessions)
    )  # fmt: skip


def _changes(asked: Question, sessions: Sequence[Session]) -> int:
    """What a repair pays for whom and what it does not keep where it could be kept."""
    if not asked.standing:
        return 0
    heard = {(project, one.cell) for one in sessions for project in one.projects}
    seated = {(expert, one.cell) for one in sessions for expert in one.panel}
    moved = sum(
        (project, one.cell) not in heard
        for one in asked.standing
        for project in one.projects
        if asked.cells[one.cell].when not in asked.projects[project].away
    )
    new = sum(
        (expert, one.cell) not in seated
        for one in asked.standing
        for expert in one.panel
        if asked.may_sit(expert, one.cell)
    )
    return MOVED * moved + NEW_MEMBER * new
