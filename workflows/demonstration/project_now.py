"""This year's project reviews: a session being held today, two that wait for answers, one to be drawn, and a draft."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from workflows import rounds
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast
from workflows.demonstration.days import Days, at
from workflows.demonstration.hearings import Hearing, Verdict, room
from workflows.demonstration.identities import Identities
from workflows.demonstration.papers import Press
from workflows.demonstration.projects import bureaus, ensure_bureaus, project_answers
from workflows.demonstration.replay import LATER, Replay
from workflows.engine.clock import HERE
from workflows.models import Expert, Round
from workflows.review.sessions import making

POLICY = "2023"
OPENED_DAYS_AGO, CLOSES_IN_DAYS = 40, 35
UNREAD_DAYS = 3
# Some of them applied in 2019 too; the first is the demonstration's own.
APPLYING = 14
# Who sits today and is asked for another day: some who can sign in, the second of them in the chair.
SITTING = tuple(f"E{n:04d}" for n in range(4, 9))
HEARD_FOR = timedelta(minutes=80)
VERDICTS = (Verdict(88), Verdict(86), Verdict(70))


def play(cast: Cast, now: datetime, press: Press) -> Round:
    """Make this year's round and everything that has happened in it so far."""
    today = timezone.localdate(now)
    days = Days.between(today - timedelta(days=120), today + timedelta(days=60))
    round_ = rounds.open_round(
        "project-review", POLICY, today.year, handler=cast.association, authority=cast.authority,
        opens_at=at(days.before(today, OPENED_DAYS_AGO), 9), closes_at=at(today + timedelta(days=CLOSES_IN_DAYS), 18),
    )  # fmt: skip
    replay = Replay(
        round_.programme,
        unread_since=at(days.before(today, UNREAD_DAYS), 0),
        mailed_since=at(days.before(today, 1), 0) if settings.DEMO else LATER,
    )
    _Now(replay, round_, cast, days, now).play(press)
    return round_


class _Now:
    """The acts of the last weeks; days are working days before today."""

    def __init__(self, replay: Replay, round_: Round, cast: Cast, days: Days, now: datetime) -> None:
        self.replay, self.round, self.cast, self.days, self.now = replay, round_, cast, days, now
        self.today = timezone.localdate(now)

    def ago(self, n: int, hour: int, minute: int = 0) -> datetime:
        return at(self.days.before(self.today, n), hour, minute)

    def play(self, press: Press) -> None:
        identities = Identities(Random(self.today.year))  # noqa: S311 - a demonstration, not a secret
        prices = self.round.declaration.policy(POLICY).benchmarks
        applying = ensure_bureaus(bureaus(APPLYING), identities)
        claims = [
            Claim(firm=firm, by=by, started_at=self.ago(26 - n % 3, 9, 4 * n),
                  answers=project_answers(firm, by, identities, prices))
            for n, (firm, by) in enumerate(applying)
        ]  # fmt: skip
        own, *others = claims
        own.by, own.declared = self.cast.people["bureau"], False
        own.without_sections, own.without_papers = frozenset({"budget"}), frozenset({"plan", "estimate"})
        cases.prepare(self.round, claims, press)
        self._take_in(others)
        self._held(others[:3])
        self._drawn(others[3:6])
        self._asked(others[6:8])
        self._planned(others[8:10])
        self.replay.run()

    def _take_in(self, claims: Sequence[Claim]) -> None:
        """All submitted; the last one waits for acceptance, two for the preliminary check and for a session."""
        for n, claim in enumerate(claims):
            day = 22 if n < len(claims) - 1 else 1
            self.replay.step(self.ago(day, 9 + n % 8, 10), "submit", ids(claim), claim.by)
        self.replay.step(self.ago(20, 10), "accept", ids(*claims[:-1]), self.cast.second_clerk)
        self.replay.step(self.ago(16, 10), "examine", ids(*claims[:-2]), self.cast.clerk)
        self.replay.step(self.ago(9, 10), "put_to_panel", ids(*claims[:-3]), self.cast.clerk)

    def _hearing(self, claims: Sequence[Claim], slot: making.Slot) -> Hearing:
        pairs = list(zip(claims, VERDICTS, strict=False))
        return Hearing(self.cast, self.round, pairs, Random(len(pairs)), slot)  # noqa: S311

    def _coming(self, days: int, half: str, n: int) -> making.Slot:
        return making.slot(self.days.after(self.today, days), half, room(self.cast, n))

    def _held(self, claims: Sequence[Claim]) -> None:
        """Today: the first case waits for the chair's conclusion, the second for the scores of `expert4`."""
        midnight = at(self.today, 0)
        starts = max(self.now - HEARD_FOR, midnight).astimezone(HERE)
        half = "am" if starts.hour < making.NOON else "pm"
        slot = making.Slot(self.today, half, starts, starts + timedelta(minutes=180), room(self.cast))
        held = self._hearing(claims, slot)
        panel = self._panel()
        self.replay.on(self.ago(7, 14), held.make)
        self.replay.on(self.ago(6, 10), lambda now: held.seat(panel, now, chair=panel[1]))
        self.replay.on(self.ago(5, 9), held.answer)
        self.replay.on(self.ago(3, 16), held.confirm)
        self.replay.on(starts, held.open)
        self.replay.on(starts + timedelta(minutes=5), lambda now: held.hear_case(0, now))
        self.replay.on(
            starts + timedelta(minutes=40), lambda now: held.hear_case(1, now, leaving_out=[panel[0].pk])
        )

    def _drawn(self, claims: Sequence[Claim]) -> None:
        """In a week: drawn in public yesterday; some have answered."""
        drawn = self._hearing(claims, self._coming(6, "am", 1))
        self.replay.on(self.ago(5, 14), drawn.make)
        self.replay.on(self.ago(4, 10), drawn.announce)
        self.replay.on(self.ago(1, 9), drawn.draw)
        self.replay.on(self.ago(1, 14), lambda now: drawn.answer(now, only=3))

    def _asked(self, claims: Sequence[Claim]) -> None:
        """In eight days: the experts who can sign in are asked; most have not answered."""
        asked, panel = self._hearing(claims, self._coming(8, "pm", 0)), self._panel()
        self.replay.on(self.ago(2, 10), asked.make)
        self.replay.on(self.ago(1, 10), lambda now: asked.seat(panel, now, chair=panel[1]))
        self.replay.on(self.ago(1, 11), lambda now: asked.answer(now, only=-2))

    def _planned(self, claims: Sequence[Claim]) -> None:
        """Time and room are set, the panel is to be drawn."""
        self.replay.on(self.ago(1, 15), self._hearing(claims, self._coming(12, "am", 1)).make)

    def _panel(self) -> list[Expert]:
        found = Expert.objects.select_related("user").in_bulk(SITTING, field_name="code")
        return [found[code] for code in SITTING]
