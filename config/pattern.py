"""Long lists: a template is rendered once, and filled in once for each row."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_PLACE = re.compile(r"\[\[(\w+)\]\]")


def pattern(template: str, context: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], SafeString]:
    """What fills in the places `[[name]]` of `template`, which is rendered now: words and what all rows share.

    Whatever is filled in is escaped unless it is safe. What people wrote is filled in, never in the `context`: there
    double square brackets would be taken for a place. A row costs one formatting of text, where a loop of the
    template engine resolves, localises and escapes each of its places and words anew.
    """
    text = render_to_string(template, dict(context))
    names = tuple(dict.fromkeys(_PLACE.findall(text)))
    filled = _PLACE.sub(r"%(\1)s", text.replace("%", "%%"))

    def fill(values: Mapping[str, Any]) -> SafeString:
        return mark_safe(filled % {name: conditional_escape(values[name]) for name in names})  # noqa: S308 - escaped

    return fill


def joined(lines: Iterable[SafeString]) -> SafeString:
    """Safe lines as one safe text."""
    return mark_safe("".join(lines))  # noqa: S308 - made of safe ones
