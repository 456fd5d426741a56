"""Ways to reach a person, one module each.

Each has `offer(notes)`: see to it, in the caller's transaction and set-based, that every note reaches its
recipient by this way. Offering the same note again changes nothing.
"""
