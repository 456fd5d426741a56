"""Whether a panel can meet: odd and at least five, two thirds in the field, nobody missing [law, by analogy].

Who leaves for one case leaves that case with fewer, and perhaps with too few of its field: it is counted by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from config.words import T, listed

LEAST = 5
SHARE = (2, 3)


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many there are of how many, and what stands in the way; nothing where the panel can meet."""

    present: int
    in_field: int
    wanted: int
    problems: tuple[T, ...]

    @property
    def is_met(self) -> bool:
        return not self.problems

    @property
    def words(self) -> T:
        """Everything that stands in the way, in one sentence each."""
        return T(en=" ".join(one.en for one in self.problems), zh="".join(one.zh for one in self.problems))


def quorum(present: Iterable[bool], missing: Iterable[str], wanted: int) -> Quorum:
    """The quorum of those who are there.

    Args:
        present: whether in the field, for each who is there.
        missing: who has a seat and is not there.
        wanted: the seats of the panel.
    """
    there, away = list(present), list(missing)
    count, inside = len(there), sum(there)
    problems = []
    if away:
        problems.append(T("Missing: {names}.", "未到：{names}。").format(names=listed(away)))
    if count + len(away) < wanted:
        free = wanted - count - len(away)
        problems.append(T("Seats without an expert: {free}.", "空缺席位：{free} 个。").format(free=free))
    if count < LEAST:
        problems.append(
            T("{count} experts are there, at least {least} are needed.", "到场专家 {count} 人，至少需 {least} 人。")
            .format(count=count, least=LEAST)
        )  # fmt: skip
    elif count % 2 == 0:
        problems.append(
            T(
                "{count} experts are there; the number has to be odd.", "到场专家 {count} 人，应为单数。"
            ).format(count=count)
        )
    problems += _too_few_inside(count, inside)
    return Quorum(count, inside, wanted, tuple(problems))


def case_quorum(in_field: Iterable[bool], least: int) -> Quorum:
    """The quorum of those who sit on one case: so many, two thirds of them in the field; they need not be odd.

    Args:
        in_field: whether in the field, for each who sits on it; who left for it does not.
        least: what the programme's panel asks for (`panel(quorum=…)`).
    """
    there = list(in_field)
    count, inside = len(there), sum(there)
    problems = []
    if count < least:
        problems.append(
            T(
                "{count} experts sit on this case, at least {least} are needed.",
                "本项目在席专家 {count} 人，至少需 {least} 人。",
            ).format(count=count, least=least)
        )
    problems += _too_few_inside(count, inside)
    return Quorum(count, inside, least, tuple(problems))


def _too_few_inside(count: int, inside: int) -> list[T]:
    part, whole = SHARE
    if inside * whole >= count * part:
        return []
    needed = -(-count * part // whole)
    words = T("In the field are {inside}, needed {needed}.", "本领域专家 {inside} 人，需 {needed} 人。")
    return [words.format(inside=inside, needed=needed)]
