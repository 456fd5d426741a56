"""Whether the scores of different sessions will say anything about each other."""

from collections.abc import Sequence

from config.words import T
from workflows.review.planning.question import Question, Session


def groups_of(sessions: Sequence[Session]) -> list[set[int]]:
    """The cells whose panels common experts connect, the largest group first."""
    groups: list[tuple[set[int], set[int]]] = []
    for one in sessions:
        cells, members = {one.cell}, set(one.panel)
        apart = []
        for other in groups:
            if other[1] & members:
                cells |= other[0]
                members |= other[1]
            else:
                apart.append(other)
        groups = [*apart, (cells, members)]
    return sorted((cells for cells, _ in groups), key=lambda cells: (-len(cells), min(cells)))


def warning_of(asked: Question, sessions: Sequence[Session]) -> T | None:
    """What has to be said before sessions are accepted whose panels share no expert; nothing where all are linked."""
    groups = groups_of(sessions)
    if len(groups) < 2:
        return None
    en = "; ".join(", ".join(asked.cells[cell].words.en for cell in sorted(group)) for group in groups[1:4])
    zh = "；".join("、".join(asked.cells[cell].words.zh for cell in sorted(group)) for group in groups[1:4])
    return T(
        en=f"The panels fall into {len(groups)} groups that share no expert, so that scores cannot be compared between "
        f"them. Apart from the others: {en}{'; …' if len(groups) > 4 else '.'}",
        zh=f"专家组分为 {len(groups)} 部分，相互没有共同的专家，各部分之间的得分不可比。"
        f"与其他场次隔开的有：{zh}{'；…' if len(groups) > 4 else '。'}",
    )
