"""A demonstration: the people, firms and papers of a made-up world, its year 2019, and a round that runs now.

Everything in it passed through the verbs and `perform`, at the times that it bears. Nobody in it exists:
identity numbers and credit codes are of the area 350299, which belongs to nobody.
"""
