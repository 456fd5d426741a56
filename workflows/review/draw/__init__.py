"""The verifiable draw of a panel: frozen and announced, drawn by RFC 3797's method, told in a certificate.

A certificate is a function of the announcement, the seed and who left since. Anybody can compute it again
(`tools/replay_draw.py`); nothing in it is decided by the machine that drew.
"""

FORMAT = "bailu-draw/1"
