"""Project review of 2019 as it went: 19 sessions with 100 projects, five experts each, drawn in public."""

from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from workflows import rounds
from workflows.demonstration import cases
from workflows.demonstration.cases import Claim, ids
from workflows.demonstration.cast import Cast
from workflows.demonstration.days import Days, at
from workflows.demonstration.hearings import Hearing, Verdict, confirm_revision, room
from workflows.demonstration.identities import Identities
from workflows.demonstration.office import BatchTimes, Office
from workflows.demonstration.papers import Press
from workflows.demonstration.project_2019.plan import PROJECTS, RECUSED, SEED, YEAR, Group, plan
from workflows.demonstration.projects import bureaus, ensure_bureaus, project_answers
from workflows.demonstration.replay import Replay, act
from workflows.models import Application, Conclusion, Round
from workflows.review.sessions import making

OPENS_ON, CLOSES_ON = date(2019, 1, 7), date(2019, 10, 31)
POLICY = "2019"
# Sessions whose projects go into one approval batch.
SESSIONS_A_BATCH = 4
REVISED_AFTER, CONFIRMED_AFTER = 12, 14


def open_round(cast: Cast) -> Round:
    """The call of 2019."""
    return rounds.open_round(
        "project-review", POLICY, YEAR, handler=cast.association, authority=cast.authority,
        opens_at=at(OPENS_ON, 9), closes_at=at(CLOSES_ON, 18),
    )  # fmt: skip


def play(replay: Replay, round_: Round, cast: Cast, days: Days, press: Press) -> None:
    """Put the whole year on the agenda and play it."""
    year = _Year(replay, round_, cast, days, press)
    for group in year.groups:
        year.take_in(group)
        year.hear(group)
    year.decide()
    replay.run()


class _Year:
    """The acts of the year, put on the agenda of a replay; days are working days from the opening of the call."""

    def __init__(self, replay: Replay, round_: Round, cast: Cast, days: Days, press: Press) -> None:
        self.replay, self.round, self.cast, self.days, self.press = replay, round_, cast, days, press
        self.groups = plan()
        self.claims = self._applied()

    def _applied(self) -> dict[int, list[tuple[Claim, Verdict]]]:
        """A bureau for each project, with its draft and papers."""
        identities = Identities(Random(SEED))  # noqa: S311 - a demonstration, not a secret
        applying = iter(ensure_bureaus(bureaus(PROJECTS), identities))
        prices = self.round.declaration.policy(POLICY).benchmarks
        made: dict[int, list[tuple[Claim, Verdict]]] = {}
        for group in self.groups:
            for n, verdict in enumerate(group.verdicts):
                bureau, agent = next(applying)
                started = self.on(max(group.day - 28, 0), 9 + n % 3, 40)
                answers = project_answers(bureau, agent, identities, prices)
                claim = Claim(firm=bureau, by=agent, started_at=started, answers=answers)
                made.setdefault(group.ordinal, []).append((claim, verdict))
        cases.prepare(self.round, [claim for row in made.values() for claim, _ in row], self.press)
        return made

    def on(self, n: int, hour: int, minute: int = 0) -> datetime:
        return at(self.days.after(OPENS_ON, n), hour, minute)

    def take_in(self, group: Group) -> None:
        """Submitted each, then accepted, checked and put to the panel as a group."""
        claims, clerk = [claim for claim, _ in self.claims[group.ordinal]], self.cast.second_clerk
        for n, claim in enumerate(claims):
            self.replay.step(self.on(group.day - 27 + n % 3, 10 + n, 15), "submit", ids(claim), claim.by)
        for day, step in ((23, "accept"), (19, "examine"), (14, "put_to_panel")):
            self.replay.step(self.on(group.day - day, 10, 30), step, ids(*claims), clerk)

    def hear(self, group: Group) -> None:
        """Made, drawn, invited, confirmed, held, signed; and the revisions that it asks for."""
        day, half = self.days.after(OPENS_ON, group.day), "pm" if group.ordinal % 3 == 2 else "am"
        start = at(day, *((14, 30) if half == "pm" else (9, 0)))
        hearing = Hearing(
            self.cast, self.round, self.claims[group.ordinal], Random(SEED + group.ordinal),  # noqa: S311
            making.slot(day, half, room(self.cast, group.ordinal % 2)), group.declining, group.ordinal in RECUSED,
        )  # fmt: skip
        for days_before, hour, what in (
            (13, 14, hearing.make), (12, 10, hearing.announce), (10, 10, hearing.draw), (9, 9, hearing.answer),
            (5, 16, hearing.confirm),
        ):  # fmt: skip
            self.replay.on(self.on(group.day - days_before, hour), what)
        self.replay.on(start, hearing.open)
        self.replay.on(start + timedelta(minutes=2), lambda _: hearing.hear(start + timedelta(minutes=2)))
        self.replay.on(start + timedelta(minutes=185), hearing.close)
        self.replay.on(start + timedelta(minutes=200), lambda _: self._revise(group))

    def _revise(self, group: Group) -> None:
        """Who has to revise hands the new plan in, and the chair confirms it."""
        asked = set(
            Application.objects.filter(pk__in=[c.id for c, _ in self.claims[group.ordinal]], state="revising")
            .values_list("pk", flat=True)
        )  # fmt: skip
        for n, (claim, _) in enumerate(self.claims[group.ordinal]):
            if claim.id not in asked:
                continue
            handed_in = self.on(group.day + REVISED_AFTER + n % 3, 10, 20 + n)
            self.replay.on(handed_in, partial(self._hand_in, claim))
            confirmed = self.on(group.day + CONFIRMED_AFTER + n % 3 + 2, 15, n)
            self.replay.on(confirmed, partial(confirm_revision, claim))

    def _hand_in(self, claim: Claim, now: datetime) -> None:
        cases.replace_paper(claim, "revised_plan", now, self.press)
        act("hand_in_revision", [claim.id], claim.by, now)

    def decide(self) -> None:
        """Every few sessions, what has passed goes into a batch, which the authority signs and closes."""
        office = Office(self.replay, self.round, self.cast)
        for n, first in enumerate(range(0, len(self.groups), SESSIONS_A_BATCH)):
            groups = self.groups[first : first + SESSIONS_A_BATCH]
            day = groups[-1].day + CONFIRMED_AFTER + 8 + n % 2
            times = BatchTimes(
                self.on(day, 10, 11), self.on(day, 15), self.on(day + 1, 10), self.on(day + 2, 9, 30)
            )
            self.replay.on(self.on(day, 10, 10), partial(self._batch, office, groups, times))
            self.replay.on(self.on(day + 3, 16), office.close_finished)

    def _batch(self, office: Office, groups: list[Group], times: BatchTimes, _now: datetime) -> None:
        mine = [claim.id for group in groups for claim, _ in self.claims[group.ordinal]]
        passed = Conclusion.objects.filter(
            application__in=mine, application__state="verified", replaced_at=None
        ).values_list("application", flat=True)
        office.batch(sorted(passed), times)
