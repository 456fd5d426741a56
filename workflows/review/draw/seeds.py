"""Where the seed comes from: public numbers that were named in advance, or the secrets of two officials."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import comb
from typing import Any

from config.errors import Refusal
from config.words import T
from workflows.dossier.plain import canonical
from workflows.review.draw.moments import moment

SECRET_BYTES = 32
# More numbers than any lottery has: how many outcomes there are is counted before a pool is frozen.
MOST_NUMBERS, HIGHEST = 100, 10**15 - 1


class SeedFault(Refusal):
    """A seed that is not the one that was announced, or that somebody could have known."""

    code = "draw_seed_fault"
    status = 409
    words = T(en="This seed cannot be used: {what}.", zh="不能使用该种子：{what}。")


@dataclass(frozen=True, slots=True)
class Source:
    """Public numbers that nobody knows before `known_at`, such as the numbers of a lottery on a day."""

    name: str
    numbers: int
    lowest: int
    highest: int
    known_at: datetime
    distinct: bool = True

    @property
    def values(self) -> int:
        """How many different outcomes it has, the order being of no account."""
        wide = self.highest - self.lowest + 1
        return comb(wide, self.numbers) if self.distinct else comb(wide + self.numbers - 1, self.numbers)

    def as_json(self) -> dict[str, Any]:
        """As it stands in an announcement."""
        return {
            "name": self.name, "numbers": self.numbers, "lowest": self.lowest, "highest": self.highest,
            "known_at": moment(self.known_at), "distinct": self.distinct,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedSeed:
    """The sources, in the order in which they make the key."""

    sources: tuple[Source, ...]

    def as_json(self) -> dict[str, Any]:
        """As it stands in an announcement."""
        return {"kind": "named", "sources": [source.as_json() for source in self.sources]}


@dataclass(frozen=True, slots=True)
class CommitReveal:
    """The officials whose secrets make the seed, in the order in which they make the key."""

    officials: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As it stands in an announcement."""
        return {"kind": "commit_reveal", "officials": list(self.officials)}


@dataclass(frozen=True, slots=True)
class Reveal:
    """What an official committed to and when, and the secret that they revealed after all had committed."""

    official: str
    commitment: str
    committed_at: datetime
    secret: str
    revealed_at: datetime

    def as_json(self) -> dict[str, str]:
        """As it stands in a certificate."""
        return {
            "official": self.official, "commitment": self.commitment, "committed_at": moment(self.committed_at),
            "secret": self.secret, "revealed_at": moment(self.revealed_at),
        }  # fmt: skip


# The numbers of each named source, or what the officials revealed.
Seed = Mapping[str, Sequence[int]] | Sequence[Reveal]


def new_secret() -> str:
    """A secret that nobody can guess, as hexadecimal digits."""
    return secrets.token_hex(SECRET_BYTES)


def commitment_of(announcement_sha256: str, official: str, secret: str) -> str:
    """What an official publishes in advance: the hash of their secret for this draw, useless to anybody else."""
    said = {"announcement": announcement_sha256, "official": official, "secret": secret}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def check_method(method: NamedSeed | CommitReveal, *, frozen_at: datetime, panels: int) -> None:
    """Refuse a seed before it is announced that could be known, or cannot reach every panel.

    Raises:
        SeedFault: it says what.
    """
    if isinstance(method, CommitReveal):
        if len(set(method.officials)) < 2 or len(set(method.officials)) < len(method.officials):
            raise _fault("two different officials are needed", "需要两名不同的工作人员")
        return
    if not method.sources or len({source.name for source in method.sources}) < len(method.sources):
        raise _fault("its sources need names, each its own", "每个来源须有各自的名称")
    values = 1
    for source in method.sources:
        if source.numbers > MOST_NUMBERS or source.highest > HIGHEST:
            raise _fault(
                f"“{source.name}” has more than {MOST_NUMBERS} numbers, or numbers above {HIGHEST:,}",
                f"“{source.name}”的数字多于 {MOST_NUMBERS} 个，或大于 {HIGHEST:,}",
            )
        if source.numbers < 1 or not 0 <= source.lowest <= source.highest or not source.values:
            raise _fault(f"“{source.name}” can have no outcome", f"“{source.name}”没有可能的结果")
        if source.known_at <= frozen_at:
            raise _fault(
                f"“{source.name}” is known before the pool is frozen", f"“{source.name}”在名单冻结前已公开"
            )
        values *= source.values
    if values < panels:
        raise _fault(
            f"its sources have {values:,} outcomes, fewer than the {panels:,} possible panels; name another source",
            f"来源只有 {values:,} 种结果，少于 {panels:,} 种可能的专家组，请增加来源",
        )


def numbers_of(
    method: NamedSeed | CommitReveal,
    seed: Seed,
    *,
    announcement_sha256: str,
    frozen_at: datetime,
    drawn_at: datetime,
) -> list[list[int]]:
    """The numbers of each source in the order of the key.

    Raises:
        SeedFault: the seed is not the one that was announced, or its times are out of order.
    """
    if isinstance(method, NamedSeed):
        if not isinstance(seed, Mapping) or set(seed) != {source.name for source in method.sources}:
            raise _fault("its sources are not those that were announced", "来源与公布的不一致")
        return [_numbers(source, seed[source.name], drawn_at) for source in method.sources]
    if isinstance(seed, Mapping) or sorted(one.official for one in seed) != sorted(method.officials):
        raise _fault("it is not revealed by those who were announced", "公开人与公布的不一致")
    _check_reveals(seed, announcement_sha256, frozen_at, drawn_at)
    revealed = {one.official: int(one.secret, 16) for one in seed}
    return [[revealed[official]] for official in method.officials]


def _numbers(source: Source, numbers: Sequence[int], drawn_at: datetime) -> list[int]:
    if drawn_at < source.known_at:
        raise _fault(f"“{source.name}” is not known yet", f"“{source.name}”尚未公开")
    wrong = (
        len(numbers) != source.numbers
        or any(not source.lowest <= number <= source.highest for number in numbers)
        or (source.distinct and len(set(numbers)) < len(numbers))
    )
    if wrong:
        kind, what = (" different", "不同的") if source.distinct else ("", "")
        raise _fault(
            f"“{source.name}” is {source.numbers}{kind} numbers from {source.lowest} to {source.highest}",
            f"“{source.name}”应为 {source.numbers} 个{what}数字，范围 {source.lowest} 至 {source.highest}",
        )
    return sorted(numbers)


def _check_reveals(
    reveals: Sequence[Reveal], announcement_sha256: str, frozen_at: datetime, drawn_at: datetime
) -> None:
    last_commitment = max(one.committed_at for one in reveals)
    for one in reveals:
        if len(one.secret) != 2 * SECRET_BYTES or set(one.secret) - set("0123456789abcdef"):
            raise _fault(
                f"the secret of “{one.official}” is not {2 * SECRET_BYTES} hexadecimal digits",
                f"“{one.official}”的密值不是 {2 * SECRET_BYTES} 位十六进制数",
            )
        if commitment_of(announcement_sha256, one.official, one.secret) != one.commitment:
            raise _fault(
                f"“{one.official}” revealed another secret than they committed to",
                f"“{one.official}”公开的密值与承诺不符",
            )
        if not frozen_at < one.committed_at <= last_commitment < one.revealed_at <= drawn_at:
            raise _fault(
                f"“{one.official}” has to commit after the pool is frozen, and reveal after everybody has committed",
                f"“{one.official}”应在名单冻结后承诺，并在全部承诺之后公开",
            )


def _fault(en: str, zh: str) -> SeedFault:
    return SeedFault(what=T(en=en, zh=zh))
