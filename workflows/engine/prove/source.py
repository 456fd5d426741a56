"""The source behind a declaration, parsed once a process: where something stands that keeps no place of its own."""

import ast
import sys
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from workflows.engine.where import Where


@cache
def tree(file: str) -> ast.Module:
    """The syntax of a file; an empty one where there is none to read."""
    path = Path(file)
    return ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])


@cache
def classes(file: str) -> tuple[ast.ClassDef, ...]:
    """Every class of a file, also those within functions."""
    found: list[ast.ClassDef] = []
    waiting: list[ast.stmt] = list(tree(file).body)
    while waiting:
        statement = waiting.pop()
        found += [statement] if isinstance(statement, ast.ClassDef) else []
        waiting += getattr(statement, "body", [])
    return tuple(found)


def file_of_module(name: str) -> str:
    """The file of a module that is loaded; empty where it has none."""
    return getattr(sys.modules.get(name), "__file__", None) or ""


def place_of(function: object) -> Where | None:
    """Where a function of Python begins."""
    code = getattr(unwrapped(function), "__code__", None)
    return Where(code.co_filename, code.co_firstlineno) if code is not None else None


def unwrapped(function: object) -> object:
    """The function beneath `functools.partial` and decorators that name what they wrap."""
    while True:
        inner = getattr(function, "func", None) or getattr(function, "__wrapped__", None)
        if inner is None:
            return function
        function = inner


# Where effects live; what they call elsewhere (the engine, the outbox, Django) is known.
OURS = ("workflows.", "forms.", "storage.", "accounts.")
NOT_FOLLOWED = ("workflows.engine.", "workflows.models.", "workflows.migrations.")


def reached(function: object) -> list[FunctionType]:
    """`function` and what it calls in our own rooms, by the names in its code; read, not run."""
    found: dict[object, FunctionType] = {}
    waiting = [function, *getattr(function, "parts", ())]
    while waiting:
        inner = unwrapped(waiting.pop())
        if not isinstance(inner, FunctionType) or inner.__code__ in found:
            continue
        found[inner.__code__] = inner
        waiting += [other for name in names_of(inner) for other in _named(inner, name)]
    return list(found.values())


def _named(function: FunctionType, name: str) -> list[object]:
    """What `name` stands for in `function`, where it is a function to follow: its own, or one of a module of ours."""
    thing = function.__globals__.get(name)
    there = [thing] if thing is not None else [
        getattr(module, name, None)
        for other in names_of(function)
        if isinstance(module := function.__globals__.get(other), ModuleType) and _is_followed(module.__name__)
    ]  # fmt: skip
    return [
        t
        for t in there
        if isinstance(t, FunctionType) and (t.__module__ == function.__module__ or _is_followed(t.__module__))
    ]


def _is_followed(module: str) -> bool:
    return module.startswith(OURS) and not f"{module}.".startswith(NOT_FOLLOWED)


def names_of(function: FunctionType) -> frozenset[str]:
    """Every global and attribute that a function's code names, in the functions within it too."""
    names: set[str] = set()
    waiting = [function.__code__]
    while waiting:
        code = waiting.pop()
        names.update(code.co_names, code.co_freevars)
        waiting += [const for const in code.co_consts if isinstance(const, CodeType)]
    return frozenset(names)
