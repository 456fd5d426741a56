"""The help beside the search. It is the same for everybody: made once in each language, not for each page."""

from functools import lru_cache

from django.template import Context, Engine, Template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from workflows.search import hints


def search_help() -> SafeString:
    """Every keyword with its meaning and examples, in the active language."""
    made_of = Engine.get_default().get_template("desk/search_help.html")
    return _written(made_of, get_language() or "", get_script_prefix())


# The template is part of the key: a changed file is another one, where files are watched.
@lru_cache(maxsize=8)
def _written(made_of: Template, _language: str, _prefix: str) -> SafeString:
    return made_of.render(Context({"hints": hints()}))
