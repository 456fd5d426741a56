"""How near two texts are: hashed terms weighted by how rare they are, and the cosine between them.

Words of Latin letters and pairs of Chinese characters are the terms; they need no dictionary, and numpy is enough.
"""

import re
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# Enough that two terms of a round seldom share a place.
PLACES = 4096
_TERMS = re.compile(r"[a-z][a-z0-9+#]+|[\u4e00-\u9fff]+")
# What stands in every application says nothing.
_EMPTY = frozenset(("and", "for", "in", "of", "on", "the", "to", "with"))


def terms(text: str) -> list[str]:
    """The terms of a text, as often as they stand in it."""
    found = []
    for run in _TERMS.findall(text.lower()):
        if run[0] < "\u4e00":
            if run not in _EMPTY:
                found.append(run)
        elif len(run) == 1:
            found.append(run)
        else:
            found += [run[place : place + 2] for place in range(len(run) - 1)]
    return found


def vectors(texts: Sequence[str]) -> Floats:
    """One row of length 1 for each text (of nought where it says nothing): the dot product of two is their nearness."""
    counts = np.zeros((len(texts), PLACES), dtype=np.float32)
    for row, text in enumerate(texts):
        for term, often in Counter(terms(text)).items():
            counts[row, crc32(term.encode()) % PLACES] += often
    there = (counts > 0).sum(axis=0)
    np.log1p(counts, out=counts)
    counts *= np.log((1 + len(texts)) / (1 + there)).astype(np.float32) + 1
    length = np.linalg.norm(counts, axis=1, keepdims=True)
    unit: Floats = np.divide(counts, length, out=np.zeros_like(counts), where=length > 0)
    return unit
