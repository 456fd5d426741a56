"""The announcement: pool, exclusions, quotas and seed, frozen; its hash is published before the seed is known."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import comb
from typing import Any

from config.words import T
from workflows.dossier.plain import canonical, plain
from workflows.review.draw import FORMAT
from workflows.review.draw.moments import moment
from workflows.review.draw.pool import Panel, Pool, PoolFault, Quota, check
from workflows.review.draw.quotas import check_feasible
from workflows.review.draw.seeds import CommitReveal, NamedSeed, check_method

# What every machine that replays a draw has; MD5 is broken and stays with the RFC's own example.
ALGORITHMS = ("sha256", "sha384", "sha512", "sha3_256", "sha3_512", "sm3")


@dataclass(frozen=True)
class Announcement:
    """What is frozen. `number` tells draws apart that use one seed; `salt` keeps the published hash from guesses."""

    title: T
    number: int
    salt: str
    frozen_at: datetime
    panel: Panel
    pool: Pool
    method: NamedSeed | CommitReveal
    algorithm: str = "sha256"

    def as_json(self) -> dict[str, Any]:
        """The content in its canonical order; `sha256` is over this."""
        return {
            "format": FORMAT,
            "title": plain(self.title),
            "number": self.number,
            "salt": self.salt,
            "frozen_at": moment(self.frozen_at),
            "algorithm": self.algorithm,
            "panel": _panel(self.panel),
            "rules": plain(dict(self.pool.rules)),
            "pool": [plain(one) for one in self.pool.candidates],
            "excluded": [plain(one.candidate) | {"rule": one.rule, "evidence": one.evidence}
                         for one in self.pool.excluded],
            "seed": self.method.as_json(),
        }  # fmt: skip

    @cached_property
    def sha256(self) -> str:
        """What is published before the seed is known."""
        return hashlib.sha256(canonical(self.as_json()).encode()).hexdigest()


def freeze(announcement: Announcement) -> Announcement:
    """The same announcement, proven sound: a panel can be drawn, and the seed lies in the future.

    Raises:
        PoolFault: pool or panel contradict themselves.
        DrawInfeasible: no panel keeps the quotas.
        SeedFault: the seed could be known, or cannot reach every panel.
    """
    pool, panel = announcement.pool, announcement.panel
    here = [name for name in ALGORITHMS if name in hashlib.algorithms_available]
    if announcement.algorithm not in here:
        known = ", ".join(here)
        raise PoolFault(
            what=T(
                en=f"the hash “{announcement.algorithm}” is none of {known}",
                zh=f"哈希算法“{announcement.algorithm}”不在 {known} 之中",
            )
        )
    if announcement.number < 0:
        raise PoolFault(what=T(en="the number of the draw is below nought", zh="抽取编号为负数"))
    check(pool, panel)
    check_feasible(panel, pool.candidates)
    panels = comb(len(pool.candidates), panel.seats)
    check_method(announcement.method, frozen_at=announcement.frozen_at, panels=panels)
    return announcement


def _panel(panel: Panel) -> dict[str, Any]:
    def quotas(found: Mapping[str, Quota]) -> dict[str, list[int | None]]:
        return {name: [quota.at_least, quota.at_most] for name, quota in found.items()}

    return {
        "seats": panel.seats,
        "in_field": sorted(panel.in_field),
        "share": list(panel.share),
        "per_employer": panel.per_employer,
        "fields": quotas(panel.fields),
        "employers": quotas(panel.employers),
        "least": panel.least,
        "odd": panel.odd,
    }
