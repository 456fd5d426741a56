"""The search over cases: `is:overdue lead:@me state:checked amount:>1e6`, and words as they are."""

from workflows.search.hints import Hint, hints, offers
from workflows.search.parsing import Search, countable, matching, parse
from workflows.search.terms import Problem

__all__ = ["Hint", "Problem", "Search", "countable", "hints", "matching", "offers", "parse"]
