"""Who reviews which case: the best assignment that keeps every bound, exact, by min-cost flow.

Pure functions over arrays. `problem.py` says what is asked, `solving.py` answers, `explaining.py` says by name why
there is no answer and what would give way most cheaply.
"""
