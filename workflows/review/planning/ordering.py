"""The running order of a session: so that those who have to leave do so as seldom as can be."""

from collections.abc import Collection, Sequence
from itertools import pairwise, permutations

# So many can be tried in every order at once.
TRIED = 7


def in_order(
    projects: Sequence[int], panel: Collection[int], conflicts: Collection[tuple[int, int]]
) -> tuple[int, ...]:
    """The projects with the fewest comings and goings of the panel; otherwise as they came."""
    leaves = {
        project: frozenset(expert for expert in panel if (expert, project) in conflicts)
        for project in projects
    }
    if not any(leaves.values()):
        return tuple(projects)
    if len(projects) > TRIED:
        # Those for whom nobody leaves come first, then each group of the same leavers.
        return tuple(sorted(projects, key=lambda one: (sorted(leaves[one]), projects.index(one))))
    return min(permutations(projects), key=lambda order: changes(order, leaves))


def changes(order: Sequence[int], leaves: dict[int, frozenset[int]]) -> int:
    """How often somebody leaves or comes back between two projects."""
    return sum(len(leaves[one] ^ leaves[other]) for one, other in pairwise(order))
