"""Which ends a case can still come to: from each state of a policy version, the outcomes that its edges lead to."""

from workflows.engine.declare import Programme


def endings(programme: Programme, policy: str) -> dict[str, set[str]]:
    """State → the outcomes (`good`, `bad`, `gone`) within reach; a case in a state without any cannot finish."""
    found = {str(state): {state.outcome} - {""} for state in programme.states_in(policy)}
    edges = [(source, target) for source, _, target in programme.edges(policy) if source]
    while True:
        more = False
        for source, target in edges:
            if not found[target] <= found[source]:
                found[source] |= found[target]
                more = True
        if not more:
            return found
