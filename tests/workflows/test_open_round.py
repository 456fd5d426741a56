"""`open_round` opens a call on a published version, and says what is missing otherwise."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from workflows.models import Round

WINDOW = {"opens": "2026-09-01", "closes": "2026-09-30"}


def opened(programme="storm-aid", policy="2026", **options):
    words = {**WINDOW, **options}
    call_command("open_round", programme, policy, *(f"--{name}={value}" for name, value in words.items()))


def test_round_is_open_from_its_first_moment_to_its_last(storm_aid, association, authority, client, capsys):
    opened(budget="1,000,000.50")

    made = Round.objects.get()
    local = [timezone.localtime(moment).isoformat() for moment in (made.opens_at, made.closes_at)]
    assert local == ["2026-09-01T00:00:00+08:00", "2026-09-30T23:59:59.999999+08:00"]
    assert (made.year, made.handler, made.authority, made.budget_fen) == (
        2026,
        association,
        authority,
        100_000_050,
    )
    assert reverse("call", args=[made.pk]) in capsys.readouterr().out
    assert client.get(reverse("call", args=[made.pk])).status_code == 200


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"closes": "2026-08-01"}, "closes before it opens"),
        ({"policy": "2030"}, "2030"),
        ({"programme": "no-such"}, "no-such"),
        ({"handler": "别家"}, "There is no office “别家”. Known: "),
        ({"opens": "soon"}, "“soon” is not a day"),
        ({"budget": "much"}, "“much” is not a sum"),
        ({"budget": "0.001"}, "“0.001” is not a sum"),
        ({"budget": "1e400000"}, "is not a sum"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_a_sentence(options, words, storm_aid, association, authority):
    with pytest.raises(CommandError, match=words):
        opened(**options)

    assert not Round.objects.exists()


def test_second_round_of_a_year_and_an_unnamed_office_are_refused(storm_aid, association, authority):
    opened()
    with pytest.raises(CommandError, match="has a round of 2026 already"):
        opened()
    Organisation.objects.create(kind="authority", name="另一主管部门")
    with pytest.raises(CommandError, match="Say which authority by --authority"):
        opened(year="2027")
