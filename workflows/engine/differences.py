"""What two definitions differ in: states, edges, steps, fields, papers, rules, award and parameters."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

# Sections whose entries have a name, and attributes that can change one by one.
NAMED = ("states", "edges", "steps", "fields", "roster", "papers", "rules", "parameters", "programme")

# How `canonical` writes a value that JSON has no form for: one value, not attributes.
VALUES = {"Decimal", "float", "date", "time", "call"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was added, removed or changed, with its old and its new form."""

    section: str
    name: str
    change: str  # "added", "removed", "changed"
    before: Any = None
    after: Any = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """From the `binds` of one definition to that of another; sections in the order of `NAMED`, then the rest."""
    found: list[Difference] = []
    for section in NAMED:
        found += _entries(section, old.get(section) or {}, new.get(section) or {})
    for section in sorted((old.keys() | new.keys()) - set(NAMED)):
        if old.get(section) != new.get(section):
            found.append(Difference(section, "", "changed", old.get(section), new.get(section)))
    return found


def _entries(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield Difference(section, name, "removed", before=old[name])
        elif name not in old:
            yield Difference(section, name, "added", after=new[name])
        else:
            yield from _changes(section, name, old[name], new[name])


def _changes(section: str, name: str, old: Any, new: Any) -> Iterator[Difference]:
    """An attribute at a time where both have attributes, down to a value that has none."""
    if old == new:
        return
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)) or old.keys() | new.keys() <= VALUES:
        yield Difference(section, name, "changed", old, new)
        return
    for key in [*old, *(key for key in new if key not in old)]:
        yield from _changes(section, f"{name}.{key}", old.get(key), new.get(key))
