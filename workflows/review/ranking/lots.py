"""The lot that settles what scores and keys leave equal: announced before its numbers are known, drawn by anybody."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from config.errors import Refusal
from config.words import T
from workflows.dossier.plain import canonical
from workflows.engine import clock
from workflows.models import Application, Lot, Ranking, Round
from workflows.review.draw.moments import moment, moment_of
from workflows.review.draw.rfc3797 import Pick, key_of, picks
from workflows.review.draw.seeds import NamedSeed, SeedFault, Source, check_method, numbers_of

FORMAT = "bailu-lot/1"
# With fewer outcomes somebody could try which of them suits them, and hope.
LEAST_OUTCOMES = 1000


class LotAnnounced(Refusal):
    code = "lot_announced"
    status = 422
    words = T(
        "The lot of {round} was announced on {on}. To announce another, say why.",
        "{round}的抽签种子已于 {on} 公布。如需另行公布，请说明理由。",
    )


class NoLot(Refusal):
    code = "no_lot"
    status = 409
    words = T("No lot waits for its numbers in {round}.", "{round}没有待填写数字的抽签种子。")


def lot_of(round_: Round) -> Lot | None:
    """The newest lot of a round, which counts."""
    return Lot.objects.filter(round=round_).order_by("-pk").first()


def announce_lot(
    round_: Round, sources: Sequence[Source], *, by: User, reason: str = "", at: datetime | None = None
) -> Lot:
    """Publish where the numbers come from, before anybody can know them; its hash is public from now on.

    Raises:
        SeedFault: a source that is known already, has no outcome, or too few of them.
        LotAnnounced: one is announced, and no reason is given.
    """
    now = at or clock.now()
    method = NamedSeed(tuple(sources))
    for source in sources:
        if source.known_at <= now:
            what = T(f"“{source.name}” is known already", f"“{source.name}”已经公开")
            raise SeedFault(what=what)
    check_method(method, frozen_at=now, panels=1)
    outcomes = 1
    for source in sources:
        outcomes *= source.values
    if outcomes < LEAST_OUTCOMES:
        what = T(
            f"it has {outcomes:,} outcomes; name a source with more", f"只有 {outcomes:,} 种结果，请增加来源"
        )
        raise SeedFault(what=what)
    with transaction.atomic():
        _lock(round_)
        last = lot_of(round_)
        if last is not None and not reason.strip():
            raise LotAnnounced(round=round_.title, on=f"{last.announced_at:%Y-%m-%d}")
        said = {
            "format": FORMAT, "round": {"en": round_.title.en, "zh": round_.title.zh}, "salt": secrets.token_hex(16),
            "announced_at": moment(now), "algorithm": "sha256", "seed": method.as_json(),
        }  # fmt: skip
        sha256 = hashlib.sha256(canonical(said).encode()).hexdigest()
        made = Lot.objects.create(
            round=round_, announcement=said, sha256=sha256, announced_by=by, reason=reason.strip()[:500]
        )
    return Lot.objects.get(pk=made.pk)


def enter_numbers(
    round_: Round, numbers: Mapping[str, Sequence[int]], *, by: User, at: datetime | None = None
) -> Lot:
    """The numbers as they came out: equals of the ranking have an order from now on. Entered once, for good.

    Raises:
        NoLot: nothing is announced, or its numbers are there.
        SeedFault: the numbers are not known yet, or not what was announced.
    """
    now = at or clock.now()
    with transaction.atomic():
        _lock(round_)
        lot = lot_of(round_)
        if lot is None or lot.numbers is not None:
            raise NoLot(round=round_.title)
        method = method_of(lot)
        frozen_at = moment_of(lot.announcement["announced_at"])
        numbers_of(method, numbers, announcement_sha256=lot.sha256, frozen_at=frozen_at, drawn_at=now)
        lot.numbers = {name: sorted(given) for name, given in numbers.items()}
        lot.entered_by, lot.entered_at = by, now
        lot.save(update_fields=["numbers", "entered_by", "entered_at"])
    return lot


def method_of(lot: Lot) -> NamedSeed:
    """The sources as they were announced."""
    return NamedSeed(
        tuple(
            Source(
                one["name"],
                one["numbers"],
                one["lowest"],
                one["highest"],
                moment_of(one["known_at"]),
                one["distinct"],
            )
            for one in lot.announcement["seed"]["sources"]
        )
    )


def seed_of(lot: Lot | None) -> list[list[int]] | None:
    """The numbers of each source in the order of the key; None before they are known."""
    if lot is None or lot.numbers is None:
        return None
    return [sorted(lot.numbers[source.name]) for source in method_of(lot).sources]


@dataclass(frozen=True, slots=True)
class Tie:
    """Cases that scores and keys leave equal from `place` on: by number, and in the order that the lot gives them."""

    place: int
    key: str
    cases: tuple[str, ...]
    picks: tuple[Pick, ...]

    @property
    def lines(self) -> list["Line"]:
        """One line for each pick, as anybody can work it out again."""
        found = []
        for step, pick in enumerate(self.picks):
            edge = f"\\{step >> 8:03o}\\{step & 255:03o}"
            command = f"printf '{edge}{self.key}{edge}' | sha256sum"
            found.append(Line(self.place + step, self.cases[pick.position], pick, command))
        return found


@dataclass(frozen=True, slots=True)
class Line:
    """Who gets a place, by which digest, and how a shell makes the same digest."""

    place: int
    case: str
    pick: Pick
    command: str

    @property
    def remainder(self) -> int:
        return int(self.pick.digest, 16) % self.pick.of


def ties_of_lot(lot: Lot) -> list[Tie]:
    """What the lot settled in the newest frozen ranking, of the cases that all stand at an end: before that, who is
    equal with whom would tell of scores."""
    seed = seed_of(lot)
    kept = Ranking.objects.filter(round=lot.round_id).order_by("-pk").first()
    if seed is None or kept is None or kept.content.get("lot", {}).get("sha256") != lot.sha256:
        return []
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in kept.content["ranked"]:
        if row.get("drawn_from"):
            groups[row["drawn_from"]].append(row)
    named = [row["id"] for rows in groups.values() for row in rows]
    over = {case.pk for case in Application.objects.filter(pk__in=named) if case.standing.outcome}
    return [
        tie_of(place, [row["case"] for row in rows], seed)
        for place, rows in sorted(groups.items())
        if all(row["id"] in over for row in rows)
    ]


def tie_of(place: int, cases: Iterable[str], seed: Sequence[Sequence[int]]) -> Tie:
    """Equals from `place` on, drawn."""
    alike = tuple(sorted(cases))
    key = key_of([*seed, [place]])
    return Tie(place, key, alike, tuple(picks(len(alike), key)))


def _lock(round_: Round) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lot'), %s)", [round_.pk])
