"""What an application form asks: sections of fields, declared once, frozen as data, compared as data."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from config.words import T
from forms.fields import KINDS, Kind


@dataclass(frozen=True, slots=True)
class ShowIf:
    """The field is asked only where the field named `field` holds one of `values`, as a person types
    them: an option's value, "yes" or "no"."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `name` is unique in its form and never changes: answers are kept under it."""

    name: str
    label: T
    kind: Kind
    required: bool = True
    hint: T | None = None
    show_if: ShowIf | None = None
    autocomplete: str = ""  # an HTML token; empty takes the kind's own
    at_most: str = ""  # the field of which it is a part: its answer is the most


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the form: one subject."""

    slug: str
    title: T
    fields: tuple[Field, ...]
    hint: T | None = None


@dataclass(frozen=True)
class Form:
    """A programme's form. Two forms with the same `sha256` ask the same."""

    slug: str
    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields()]
        slugs = [section.slug for section in self.sections]
        for what, given in (("field", names), ("section", slugs)):
            twice = sorted({name for name in given if given.count(name) > 1})
            if twice:
                raise ValueError(f"form {self.slug!r} has {what} {', '.join(twice)} more than once")
        for field in self.fields():
            for other in (
                field.kind.depends_on,
                field.at_most,
                field.show_if.field if field.show_if else "",
            ):
                if other and (other not in names or other == field.name):
                    raise ValueError(
                        f"field {field.name!r} asks for {other!r}, which form {self.slug!r} has not"
                    )

    def fields(self) -> Iterator[Field]:
        """Every field, in the order of the form."""
        for section in self.sections:
            yield from section.fields

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Every field under its name."""
        return {field.name: field for field in self.fields()}

    @cached_property
    def sealed_names(self) -> frozenset[str]:
        """The fields that hold personal numbers."""
        return frozenset(field.name for field in self.fields() if field.kind.sealed)

    def section(self, slug: str) -> Section:
        """The section called `slug`.

        Raises:
            KeyError: there is none.
        """
        for section in self.sections:
            if section.slug == slug:
                return section
        raise KeyError(slug)

    def definition(self) -> dict[str, Any]:
        """The form as JSON holds it; `thaw` gives it back."""
        return {"slug": self.slug, "sections": [_section(section) for section in self.sections]}

    def canonical(self) -> str:
        """The definition as JSON text, the same for the same form: sorted keys, no white space."""
        return json.dumps(self.definition(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def sha256(self) -> str:
        """The hash of `canonical`, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def thaw(definition: Mapping[str, Any]) -> Form:
    """The form that `definition` was made from: `thaw(form.definition()) == form`."""
    return Form(
        slug=definition["slug"],
        sections=tuple(
            Section(
                slug=section["slug"],
                title=T(**section["title"]),
                hint=_words(section.get("hint")),
                fields=tuple(_thawed(field) for field in section["fields"]),
            )
            for section in definition["sections"]
        ),
    )


def _thawed(field: Mapping[str, Any]) -> Field:
    parameters = dict(field["kind"])
    kind = KINDS[parameters.pop("kind")].restored(parameters)
    shown = field.get("show_if")
    return Field(
        name=field["name"],
        label=T(**field["label"]),
        kind=kind,
        required=field["required"],
        hint=_words(field.get("hint")),
        show_if=ShowIf(shown["field"], tuple(shown["values"])) if shown else None,
        autocomplete=field.get("autocomplete", ""),
        at_most=field.get("at_most", ""),
    )


def _words(words: Mapping[str, str] | None) -> T | None:
    return T(**words) if words else None


def _section(section: Section) -> dict[str, Any]:
    hint = {"hint": _both(section.hint)} if section.hint else {}
    fields = [_field(field) for field in section.fields]
    return {"slug": section.slug, "title": _both(section.title), "fields": fields, **hint}


def _field(field: Field) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if field.hint:
        more["hint"] = _both(field.hint)
    if field.show_if:
        more["show_if"] = {"field": field.show_if.field, "values": list(field.show_if.values)}
    if field.autocomplete:
        more["autocomplete"] = field.autocomplete
    if field.at_most:
        more["at_most"] = field.at_most
    kind = {"kind": field.kind.slug, **field.kind.parameters()}
    return {"name": field.name, "label": _both(field.label), "required": field.required, "kind": kind, **more}


def _both(words: T) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}
