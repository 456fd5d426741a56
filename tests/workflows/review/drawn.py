"""Pools and draws that the tests of the draw share."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from config.words import T
from workflows.review.draw.announcement import Announcement, freeze
from workflows.review.draw.drawing import Draw, certificate
from workflows.review.draw.pool import Candidate, Exclusion, Panel, Pool, Quota
from workflows.review.draw.seeds import CommitReveal, NamedSeed, Reveal, Source, commitment_of

FROZEN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
KNOWN = FROZEN + timedelta(days=1)
DRAWN = FROZEN + timedelta(days=2)
LOTTERY = Source("双色球第 2026135 期红球", 6, 1, 33, KNOWN)
NUMBER = Source("上证指数收盘（分）", 1, 0, 10**9, KNOWN)
OFFICIALS = ("王敏", "李强")
FIELDS = ("软件", "安全", "财务")


@st.composite
def small_worlds(draw):
    """A panel of three and a pool that is small enough to try all panels."""
    people = [
        expert(
            number,
            draw(st.sampled_from(["甲", "乙", "丙", "丁"])),
            *draw(st.sets(st.sampled_from(FIELDS), min_size=1, max_size=2)),
        )
        for number in range(draw(st.integers(3, 8)))
    ]
    quota = st.tuples(st.integers(0, 2), st.none() | st.integers(0, 1)).map(
        lambda pair: Quota(pair[0], None if pair[1] is None else pair[0] + pair[1])
    )
    panel = Panel(
        3,
        tuple(draw(st.sets(st.sampled_from(FIELDS), min_size=1))),
        per_employer=draw(st.integers(1, 2)),
        fields=draw(st.dictionaries(st.sampled_from(FIELDS), quota, max_size=2)),
        employers=draw(st.dictionaries(st.sampled_from(["甲", "乙"]), quota, max_size=1)),
        least=3,
    )
    return people, panel


def expert(number: int, employer: str = "", *fields: str) -> Candidate:
    return Candidate(f"E{number:03}", f"专家{number}", employer or f"单位{number}", fields or ("软件",))


def announced(
    people: Iterable[Candidate], panel: Panel | None = None, excluded: Iterable[Exclusion] = (), **more: Any
) -> Announcement:
    rules = {"same_employer": T("employed by the applicant", "受聘于申报单位")}
    said: dict[str, Any] = {
        "title": T("Project review, session 17", "项目评审第 17 场"),
        "number": 17,
        "salt": "00" * 16,
        "frozen_at": FROZEN,
        "panel": panel or Panel(5, ("软件",)),
        "pool": Pool(tuple(people), tuple(excluded), rules),
        "method": NamedSeed((LOTTERY, NUMBER)),
    }
    return freeze(Announcement(**(said | more)))


def drawn(announcement: Announcement, number: int = 1, **more: Any) -> Draw:
    """Drawn with a lottery that came out the same each time, and a number that did not."""
    return Draw(announcement, {LOTTERY.name: [22, 3, 30, 9, 17, 12], NUMBER.name: [number]}, DRAWN, **more)


def panel_of(announcement: Announcement, number: int = 1) -> list[str]:
    return list(certificate(drawn(announcement, number))["panel"])


def reveals(announcement: Announcement) -> list[Reveal]:
    """Both commit, then both reveal."""
    assert isinstance(announcement.method, CommitReveal)
    found = []
    for index, official in enumerate(announcement.method.officials):
        secret = f"{index + 1:064x}"
        commitment = commitment_of(announcement.sha256, official, secret)
        at = FROZEN + timedelta(hours=1, minutes=index)
        found.append(Reveal(official, commitment, at, secret, at + timedelta(hours=1)))
    return found
