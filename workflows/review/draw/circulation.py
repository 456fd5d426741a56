"""Whether whole numbers fit between the bounds of every edge: a circulation, found by augmenting paths."""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable

Node = Hashable
# From, to, at least, at most.
Edge = tuple[Node, Node, int, int]
_SOURCE, _SINK = object(), object()


def fits(edges: Iterable[Edge]) -> bool:
    """Whether there is a flow that goes round and keeps every bound.

    Each lower bound becomes a duty that a maximum flow has to meet (Ahuja, Magnanti, Orlin 1993, section 6.7).
    """
    room: dict[Node, dict[Node, int]] = defaultdict(lambda: defaultdict(int))
    duty = 0
    for tail, head, least, most in edges:
        if least > most:
            return False
        room[tail][head] += most - least
        room[_SOURCE][head] += least
        room[tail][_SINK] += least
        duty += least
    while duty:
        pushed = _augment(room)
        if not pushed:
            return False
        duty -= pushed
    return True


def _augment(room: dict[Node, dict[Node, int]]) -> int:
    """Push what the shortest path with room takes; 0 where there is none."""
    came: dict[Node, Node] = {_SOURCE: _SOURCE}
    waiting = deque([_SOURCE])
    while waiting and _SINK not in came:
        node = waiting.popleft()
        for head, free in room[node].items():
            if free and head not in came:
                came[head] = node
                waiting.append(head)
    if _SINK not in came:
        return 0
    path, node = [], _SINK
    while node is not _SOURCE:
        path.append((came[node], node))
        node = came[node]
    pushed = min(room[tail][head] for tail, head in path)
    for tail, head in path:
        room[tail][head] -= pushed
        room[head][tail] += pushed
    return pushed
