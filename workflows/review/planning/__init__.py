"""Which projects are heard when, where and by whom: sessions planned together, by constraint programming.

Pure functions. `question.py` says what is asked, `solving.py` answers, `explaining.py` says by name why there is no
answer and what would give way most cheaply, `comparing.py` warns where scores will not be comparable.
"""
