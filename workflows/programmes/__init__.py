"""The programmes. Adding a file and naming it in `MODULES` is all that a new one needs."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflows.engine.declare import Programme
    from workflows.models import Application

MODULES = ("talent_tax_rebate", "founder_revenue_award", "software_filing", "project_review")


@cache
def registry() -> "dict[str, Programme]":
    """Slug → declaration, in the order of `MODULES`."""
    found: dict[str, Programme] = {}
    for name in MODULES:
        module = import_module(f"workflows.programmes.{name}")
        found[module.PROGRAMME.slug] = module.PROGRAMME
    return found


def programme(slug: str) -> "Programme":
    """The declaration of that slug.

    Raises:
        KeyError: no programme has it.
    """
    return registry()[slug]


def proxy(slug: str) -> "type[Application]":
    """The proxy model on which the steps of a programme are `django_fsm` transitions."""
    model = programme(slug).model
    assert model is not None
    return model
