"""The lot for equals: announced before its numbers are known, drawn again by hand from what its page says."""

import hashlib
import re
import subprocess
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.workflows.review.seated import give
from tests.workflows.web.desks import address, signed_in
from workflows.engine.perform import perform
from workflows.models import Lot
from workflows.review.draw.seeds import SeedFault, Source
from workflows.review.ranking.freezing import freeze
from workflows.review.ranking.lots import LotAnnounced, NoLot, announce_lot, enter_numbers, ties_of_lot
from workflows.review.ranking.reading import ranking_of

NUMBERS = [3, 12, 19, 24, 30, 33]


def source(known_at=None):
    return Source("福彩双色球第 2026132 期", 6, 1, 33, known_at or timezone.now() + timedelta(hours=1))


@pytest.fixture
def equals(put, experts):
    """Three cases that nothing tells apart, and one below."""
    made = [put(experts) for _ in range(4)]
    for case, total in zip(made, (55, 55, 55, 50), strict=True):
        for one in experts:
            give(case, one, str(total - 40), "40")
    return made


def told(call):
    return [
        (p.case.number, p.ranked.rank, p.ranked.place, p.ranked.settled_by) for p in ranking_of(call).ranked
    ]


def test_equals_stay_equal_until_the_numbers_of_the_lot_are_known(equals, panel_call, clerk):
    tied = sorted(case.number for case in equals[:3])
    announce_lot(panel_call, [source()], by=clerk)
    assert told(panel_call)[:3] == [(number, 1, 1, "tied") for number in tied]
    later = timezone.now() + timedelta(hours=2)

    enter_numbers(panel_call, {source().name: NUMBERS}, by=clerk, at=later)

    # RFC 3797 by hand: the digest of each step, divided by how many are left.
    key, left, drawn = "3.12.19.24.30.33./1./", list(tied), []
    for step in range(3):
        edge = step.to_bytes(2, "big")
        digest = hashlib.sha256(edge + key.encode() + edge).hexdigest()
        drawn.append(left.pop(int(digest, 16) % len(left)))
    assert told(panel_call)[:3] == [(number, 1, place, "lot") for place, number in enumerate(drawn, 1)]
    assert told(panel_call)[3][1:] == (4, 4, "score")


def test_lot_is_refused_where_somebody_could_know_it(equals, panel_call, clerk):
    with pytest.raises(SeedFault, match="已经公开"):
        announce_lot(panel_call, [source(timezone.now() - timedelta(minutes=1))], by=clerk)
    with pytest.raises(SeedFault, match="只有 10 种结果"):
        announce_lot(panel_call, [Source("骰子", 1, 1, 10, timezone.now() + timedelta(days=1))], by=clerk)
    with pytest.raises(NoLot):
        enter_numbers(panel_call, {"x": [1]}, by=clerk)
    announce_lot(panel_call, [source()], by=clerk)
    with pytest.raises(LotAnnounced):
        announce_lot(panel_call, [source()], by=clerk)
    with pytest.raises(SeedFault, match="尚未公开"):
        enter_numbers(panel_call, {source().name: NUMBERS}, by=clerk)
    later = timezone.now() + timedelta(hours=2)
    with pytest.raises(SeedFault, match="6 个不同的数字"):
        enter_numbers(panel_call, {source().name: [1, 2, 3]}, by=clerk, at=later)
    enter_numbers(panel_call, {source().name: NUMBERS}, by=clerk, at=later)
    with pytest.raises(NoLot):
        enter_numbers(panel_call, {source().name: NUMBERS[::-1]}, by=clerk, at=later)
    other = announce_lot(panel_call, [source()], by=clerk, reason="号码录入有误")
    assert [place[3] for place in told(panel_call)[:3]] == ["tied"] * 3
    assert other.reason == "号码录入有误"


def test_public_page_shows_the_order_of_decided_cases_and_a_shell_makes_its_digests(
    equals, panel_call, clerk, experts
):
    lot = announce_lot(panel_call, [source()], by=clerk)
    page = address("public_lot", lot.sha256)
    before = Client().get(page, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert lot.sha256 in before
    assert "3.12." not in before
    # The hour as people write it, not as it was hashed; the announcement itself stands below.
    assert lot.announcement["seed"]["sources"][0]["known_at"] not in before.partition("<details>")[0]
    enter_numbers(panel_call, {source().name: NUMBERS}, by=clerk, at=timezone.now() + timedelta(hours=2))
    kept = freeze(panel_call, by=clerk)
    assert kept.content["lot"] == {"sha256": lot.sha256, "key": "3.12.19.24.30.33./"}
    # Who is equal with whom would tell of scores as long as somebody waits for their result.
    assert all(case.number not in Client().get(page).content.decode() for case in equals)

    for case in equals[:3]:
        perform("fail_review", [case.pk], actor=experts[0].user, key=f"f{case.pk}", reason="不同意立项")
    lot = Lot.objects.get(pk=lot.pk)
    (tie,) = ties_of_lot(lot)
    after = Client().get(page).content.decode()
    assert [line.case for line in tie.lines] == [place[0] for place in told(panel_call)[:3]]
    for line in tie.lines:
        assert line.pick.digest in after
        made = subprocess.run(["/bin/sh", "-c", line.command], capture_output=True, text=True, check=True)
        assert re.match(r"[0-9a-f]{64}", made.stdout)[0] == line.pick.digest


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_office_announces_and_fills_in_a_lot_on_the_page_of_the_ranking(equals, panel_call, clerk, language):
    client = signed_in(clerk)
    client.cookies["django_language"] = language
    there = address("ranking_lot", panel_call.pk)
    form = {
        "source": "福彩双色球第 2026132 期",
        "count": 6,
        "lowest": 1,
        "highest": 33,
        "known_at": "2099-01-01T20:00",
    }
    assert client.post(there, form | {"known_at": "nie"}).status_code == 422
    assert client.post(there, form | {"known_at": "2001-01-01T20:00"}).status_code == 409

    assert client.post(there, form).status_code == 302
    lot = Lot.objects.get()
    assert lot.sha256 in client.get(address("ranking", panel_call.pk)).content.decode()
    early = client.post(there, {"numbers1": "3, 12 19，24 30 33"})
    assert (early.status_code, early.context["refusal"].code) == (409, "draw_seed_fault")
    assert Client().get(address("public_lot", "0" * 64)).status_code == 404
