"""RFC 3797, section 4: an order of a pool out of public numbers, with the hash as a parameter."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# The place in the order is hashed as two bytes.
MOST = 65_535


class Pick(NamedTuple):
    """One step of the selection: `position` is the index in the pool (from 0), `of` how many were left."""

    place: int
    digest: str
    of: int
    position: int


def key_of(sources: Iterable[Iterable[int]]) -> str:
    """The text of the seed: the numbers of each source in rising order, “.” after each, “/” after each source.

    >>> key_of([[9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]])
    '9319./2.5.8.10.12./9.18.26.34.41.45./'
    """
    return "".join("".join(f"{number}." for number in sorted(source)) + "/" for source in sources)


def picks(count: int, key: str, algorithm: str = "sha256") -> Iterator[Pick]:
    """The whole pool in the order that `key` gives it, one pick after the other.

    Each step hashes its number (two bytes, network order), the key and the number again, reads the digest as one
    whole number and takes its remainder by those who are left.

    Raises:
        ValueError: more than `MOST` are in the pool.
    """
    if count > MOST:
        raise ValueError(f"RFC 3797 draws from at most {MOST:,}, not from {count:,}")
    left = list(range(count))
    for index in range(count):
        edge = index.to_bytes(2, "big")
        text = edge + key.encode("ascii") + edge
        # MD5 is only there for the RFC's own example; an announcement refuses it.
        digest = hashlib.new(algorithm, text, usedforsecurity=False).hexdigest()
        of = len(left)
        yield Pick(index + 1, digest, of, left.pop(int(digest, 16) % of))
