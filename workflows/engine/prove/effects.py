"""Effects: what leaves the database goes through the outbox, under a key that names the case."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from workflows.engine.declare import Programme, Step
from workflows.engine.prove.findings import Finding, found
from workflows.engine.prove.source import names_of, place_of, reached, tree
from workflows.engine.where import Where

# Calls by which a row of the outbox, a message or a command is made → where its key stands among the arguments.
KEYED = {"put": 1, "Note": None, "OutboxRow": None, "perform": None}
ROWS = frozenset({"put_all"})
# Calls that change something outside at once; a transaction that is rolled back cannot take them back.
OUTSIDE = frozenset({
    "delay", "apply_async", "send_task", "send_mail", "send_messages", "EmailMessage", "EmailMultiAlternatives",
    "urlopen", "create_connection", "put_object", "fput_object", "remove_object", "copy_object", "Popen",
    "check_call", "check_output",
})  # fmt: skip
OUTSIDE_MODULES = frozenset({"requests", "httpx", "urllib3", "smtplib", "socket", "subprocess", "minio"})
# Values that are new on each attempt: a key made of them lets a second copy through.
NEW_EACH_TIME = frozenset({
    "uuid1", "uuid4", "token_hex", "token_bytes", "token_urlsafe", "random", "randint", "now", "time", "monotonic",
})  # fmt: skip
TELLING = frozenset({*KEYED, *ROWS, *OUTSIDE, *OUTSIDE_MODULES})


def prove_effects(programme: Programme) -> Iterator[Finding]:
    """Findings about the Python bodies of steps, and about what those call in our own rooms."""
    seen: set[tuple[str, int]] = set()
    for step in programme.steps.values():
        for function in reached(step.effect):
            place = place_of(function)
            if place is None or place in seen:
                continue
            seen.add(place)
            if names_of(function) & TELLING:
                yield from _body(programme, step, function, place)


def _body(programme: Programme, step: Step, function: Callable[..., Any], place: Where) -> Iterator[Finding]:
    for call in _calls(place):
        name, at = _called(call), Where(place.file, call.lineno)
        if name in OUTSIDE or _module(call, function) in OUTSIDE_MODULES:
            yield found(
                programme, "effect-outside-database", at,
                f"The effect of {step.name} acts outside the database at once ({ast.unparse(call.func)}): "
                "it is not taken back with the transaction, and is done again with every attempt.",
                "Put a row into the outbox (notifications.outbox.put) and act in the handler of its topic.",
            )  # fmt: skip
        elif name in KEYED or name in ROWS:
            for fault in _key_faults(call, name):
                yield found(
                    programme, "effect-without-key", at, f"In the effect of {step.name}, {fault}.",
                    "Make the key of what is told and of which case: f\"…:{case.pk}:{case.seq}\".",
                )  # fmt: skip


def _key_faults(call: ast.Call, name: str) -> Iterator[str]:
    keys = _keys_of_rows(call) if name in ROWS else [_key_of(call, name)]
    for key in keys:
        if key is None or (isinstance(key, ast.Constant) and not key.value):
            yield f"{name}(…) has no key: a second delivery cannot be told from the first"
        elif not any(isinstance(node, (ast.Name, ast.Attribute, ast.Call)) for node in ast.walk(key)):
            yield f"the key of {name}(…) is the same for every case ({ast.unparse(key)}): only the first is delivered"
        elif fresh := sorted({_called(n) for n in ast.walk(key) if isinstance(n, ast.Call)} & NEW_EACH_TIME):
            yield f"the key of {name}(…) is another one on each attempt ({', '.join(fresh)})"


def _key_of(call: ast.Call, name: str) -> ast.expr | None:
    by_name = next((k.value for k in call.keywords if k.arg == "key"), None)
    position = KEYED[name]
    if by_name is None and position is not None and len(call.args) > position:
        return call.args[position]
    # `**values` may hold it: what cannot be read is not accused.
    return by_name if by_name or all(k.arg for k in call.keywords) else ast.Name("values")


def _keys_of_rows(call: ast.Call) -> list[ast.expr | None]:
    """The second of each (topic, key, payload) that stands in the call itself."""
    tuples = [node for arg in call.args for node in ast.walk(arg) if isinstance(node, ast.Tuple)]
    return [row.elts[1] for row in tuples if len(row.elts) == 3]


def _calls(place: Where) -> Iterator[ast.Call]:
    """Every call within the function that begins at `place`."""
    for node in ast.walk(tree(place.file)):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)) and _begins(node) == place.line:
            yield from (part for part in ast.walk(node) if isinstance(part, ast.Call))


def _begins(node: ast.FunctionDef | ast.Lambda) -> int:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return min([node.lineno, *(d.lineno for d in decorators)])


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _module(call: ast.Call, function: Callable[..., Any]) -> str:
    """The package that a call goes to, where it is called by its module: `requests.post`."""
    first = call.func
    while isinstance(first, ast.Attribute):
        first = first.value
    if not isinstance(first, ast.Name):
        return ""
    named = function.__globals__.get(first.id)
    module = getattr(named, "__module__", None) or getattr(named, "__name__", None) or first.id
    return str(module).partition(".")[0]
