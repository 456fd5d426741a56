"""The ranking of a round: official scores in order, what advises beside them, and what was frozen of it."""
