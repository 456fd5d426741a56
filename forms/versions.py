"""What changed between two forms."""

from dataclasses import dataclass

from config.words import T
from forms.schema import Field, Form


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after; its section's title as the newer form (or the only one) has it."""

    section: T
    old: Field | None
    new: Field | None


@dataclass(frozen=True, slots=True)
class Changes:
    """`moved` fields stand in another section but ask the same."""

    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    changed: tuple[Change, ...]
    moved: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def difference(old: Form, new: Form) -> Changes:
    """The fields that `new` adds, drops, asks differently or asks elsewhere, in the order of the forms."""
    before, after = _places(old), _places(new)
    both = [(name, before[name], after[name]) for name in after if name in before]
    return Changes(
        added=tuple(Change(place[1], None, place[2]) for name, place in after.items() if name not in before),
        removed=tuple(
            Change(place[1], place[2], None) for name, place in before.items() if name not in after
        ),
        changed=tuple(Change(b[1], a[2], b[2]) for _, a, b in both if a[2] != b[2]),
        moved=tuple(Change(b[1], a[2], b[2]) for _, a, b in both if a[0] != b[0] and a[2] == b[2]),
    )


def _places(form: Form) -> dict[str, tuple[str, T, Field]]:
    return {
        field.name: (section.slug, section.title, field)
        for section in form.sections
        for field in section.fields
    }
