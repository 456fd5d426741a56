"""Whether a panel can meet: odd and at least five, two thirds in the field, nobody missing [law, by analogy]."""

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
    part, whole = SHARE
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
    if inside * whole < count * part:
        needed = -(-count * part // whole)
        problems.append(
            T("In the field are {inside}, needed {needed}.", "本领域专家 {inside} 人，需 {needed} 人。")
            .format(inside=inside, needed=needed)
        )  # fmt: skip
    return Quorum(count, inside, wanted, tuple(problems))
