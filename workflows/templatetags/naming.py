"""`{% applicant case %}`: who applies, as the reader of the page may know it."""

from collections.abc import Mapping
from typing import Any

from django import template

from accounts.models import User
from config.words import T
from workflows.models import Application
from workflows.review.naming import applicant_as, presenter_as

register = template.Library()


@register.simple_tag(takes_context=True)
def applicant(context: Mapping[str, Any], case: Application) -> T | str:
    """The name, or that it is not disclosed; to a page without a reader as to an expert."""
    return applicant_as(case, _reader(context))


@register.simple_tag(takes_context=True)
def presenter(context: Mapping[str, Any], case: Application, name: str) -> str:
    """Who presents, in the same way; empty where that is not told."""
    return presenter_as(case, name, _reader(context))


def _reader(context: Mapping[str, Any]) -> User | None:
    user = context.get("user")
    return user if isinstance(user, User) else None
