"""What the experts' scores come to: official scores, exact and explained, and an advisory column beside them.

Pure functions: reviews → totals (`totals.py`) → scores (`scores.py`) → ranking (`ranking.py`); beside them the advisory
effects of the experts (`effects.py`), how far they agree (`agreement.py`), flags (`flags.py`), and the arithmetic in
words (`why.py`). Scores come and go as Decimals; in between they are fractions, so that a third stays a third and
nothing is rounded before it is ranked.
"""
