"""What a roster asks of each person, declared once for the template, the reader and the pages."""

from dataclasses import dataclass
from functools import cached_property

from config.words import T
from forms.fields import Kind

MAX_ROWS = 100_000
PEOPLE = T(en="People", zh="人员名单")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `aliases` are other headings people write; `example` is for the template."""

    name: str
    label: T
    kind: Kind
    required: bool = True
    hint: T | None = None
    aliases: tuple[str, ...] = ()
    example: T | None = None

    def example_in(self, language: str) -> str:
        """What the example row holds."""
        return self.example.in_language(language) if self.example else self.kind.example(language)


@dataclass(frozen=True)
class Roster:
    """The columns, and `key`: the columns that together may stand only once in a file."""

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    title: T = PEOPLE

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("a roster names each column once")
        asked = {*self.key, *(column.kind.depends_on for column in self.columns)} - {""}
        if not asked <= set(names):
            raise ValueError(f"the roster has no column {', '.join(sorted(asked - set(names)))}")

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Every column under its name."""
        return {column.name: column for column in self.columns}
