"""Drawing a panel and its successors: walk the drawn order, seat whom the quotas still let on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.errors import Refusal
from config.words import T
from workflows.dossier.plain import canonical
from workflows.review.draw import FORMAT
from workflows.review.draw.announcement import Announcement
from workflows.review.draw.moments import moment
from workflows.review.draw.pool import Candidate
from workflows.review.draw.quotas import Quotas, check_feasible
from workflows.review.draw.rfc3797 import key_of, picks
from workflows.review.draw.seeds import Seed, numbers_of

REASONS = {
    "declined": T(en="declined", zh="谢绝"),
    "no_answer": T(en="no answer in time", zh="逾期未答复"),
    "conflict": T(en="has to recuse themselves", zh="应当回避"),
    "prevented": T(en="is prevented", zh="因故不能参加"),
}


class NoSuccessor(Refusal):
    """Somebody cannot leave a panel that they do not sit on, or without a reason that is known."""

    code = "draw_no_successor"
    status = 409
    words = T(en="No successor can be drawn: {what}.", zh="不能补抽：{what}。")


@dataclass(frozen=True, slots=True)
class Leaving:
    """A member who leaves the panel: why (one of `REASONS`), in whose words, and when."""

    code: str
    reason: str
    at: datetime
    words: str = ""


@dataclass(frozen=True, slots=True)
class Draw:
    """Everything that a certificate follows from."""

    announcement: Announcement
    seed: Seed
    drawn_at: datetime
    leavings: tuple[Leaving, ...] = ()


def certificate(draw: Draw) -> dict[str, Any]:
    """The certificate as JSON data: the seed, the whole order, the walk through it, the panel, each replacement.

    Raises:
        SeedFault: the seed is not the one that was announced.
        NoSuccessor: somebody leaves who does not sit on the panel, or for no known reason.
        DrawInfeasible: those who are left cannot keep the quotas any more.
    """
    walker = _Walker(draw)
    panel = walker.fill()
    found = {
        "format": FORMAT,
        "announcement": draw.announcement.as_json(),
        "announcement_sha256": draw.announcement.sha256,
        "seed": _seed(draw),
        "key": walker.key,
        "drawn_at": moment(draw.drawn_at),
        "order": [one.code for one in walker.order],
        "walk": panel,
        "replacements": [],
        "panel": walker.panel,
    }
    for leaving in draw.leavings:
        continues = sha256_of(found)
        walk = walker.replace(leaving)
        entry = {
            "out": leaving.code, "reason": leaving.reason, "words": leaving.words, "at": moment(leaving.at),
            "walk": walk, "in": walk[-1]["code"], "continues": continues,
        }  # fmt: skip
        found = found | {"replacements": [*found["replacements"], entry], "panel": walker.panel}
    return found


def sha256_of(found: dict[str, Any]) -> str:
    """The hash of a certificate, printed on its paper."""
    return hashlib.sha256(canonical(found).encode()).hexdigest()


class _Walker:
    """The order that the seed gave, who sits, and who has left."""

    def __init__(self, draw: Draw) -> None:
        announcement = draw.announcement
        numbers = numbers_of(
            announcement.method, draw.seed, announcement_sha256=announcement.sha256,
            frozen_at=announcement.frozen_at, drawn_at=draw.drawn_at,
        )  # fmt: skip
        self.key = key_of([*numbers, [announcement.number]])
        self.pool = announcement.pool.candidates
        self.picks = list(picks(len(self.pool), self.key, announcement.algorithm))
        self.order = [self.pool[pick.position] for pick in self.picks]
        self.wanted = announcement.panel
        self.seated: list[Candidate] = []
        self.left: set[str] = set()
        self.last = draw.drawn_at

    @property
    def panel(self) -> list[str]:
        return [one.code for one in self.seated]

    def fill(self) -> list[dict[str, Any]]:
        """Seat the first in the order whom the quotas let on, until all seats are taken; each step with its reason."""
        available = [one for one in self.pool if one.code not in self.left]
        check_feasible(self.wanted, available, self.seated)
        quotas, walk = Quotas(self.wanted, available), []
        sitting = set(self.panel)
        for pick, candidate in zip(self.picks, self.order, strict=True):
            if len(self.seated) == self.wanted.seats:
                break
            if candidate.code in self.left or candidate.code in sitting:
                continue
            passed = quotas.why_passed(self.seated, candidate)
            walk.append({
                "place": pick.place, "digest": pick.digest, "of": pick.of, "code": candidate.code, "passed": passed,
            })  # fmt: skip
            if not passed:
                self.seated.append(candidate)
        return walk

    def replace(self, leaving: Leaving) -> list[dict[str, Any]]:
        """Take a member off and seat the first in the order who can follow."""
        if leaving.code not in self.panel:
            raise NoSuccessor(
                what=T(en=f"{leaving.code} does not sit on the panel", zh=f"{leaving.code} 不在专家组中")
            )
        if leaving.reason not in REASONS:
            known = ", ".join(REASONS)
            raise NoSuccessor(
                what=T(en=f"the reason has to be one of {known}", zh=f"事由应为以下之一：{known}")
            )
        if leaving.at < self.last:
            raise NoSuccessor(
                what=T(
                    en=f"{leaving.code} leaves before what came last", zh=f"{leaving.code} 的时间早于上一事项"
                )
            )
        self.last = leaving.at
        self.left.add(leaving.code)
        self.seated = [one for one in self.seated if one.code != leaving.code]
        return self.fill()


def _seed(draw: Draw) -> dict[str, Any]:
    if isinstance(draw.seed, Mapping):
        return {"numbers": {name: sorted(numbers) for name, numbers in draw.seed.items()}}
    revealed = sorted(draw.seed, key=lambda one: one.official)
    return {"reveals": [one.as_json() for one in revealed]}
