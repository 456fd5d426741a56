"""The order in which a server is looked for."""

from pathlib import Path

import pytest

from launch.faults import Halt
from launch.servers.sources import Offer, Source

PROGRAM = Path("/usr/bin/redis-server")


@pytest.mark.parametrize(
    ("offer", "source"),
    [
        (Offer("broker", "redis://elsewhere", PROGRAM, package=True, stand_in=True), Source.ADDRESS),
        (Offer("broker", "", PROGRAM, package=True, stand_in=True), Source.PROGRAM),
        (Offer("broker", "", None, package=True, stand_in=True), Source.PACKAGE),
        (Offer("broker", "", None, package=False, stand_in=True), Source.STAND_IN),
    ],
)
def test_source_is_the_first_that_is_there(offer: Offer, source: Source) -> None:
    assert offer.choose() == source


def test_no_source_says_what_to_install() -> None:
    with pytest.raises(Halt) as caught:
        Offer("broker", what_to_install="apt-get install redis-server").choose()
    assert caught.value.sentence == "There is no broker on this machine."
    assert caught.value.next_step == "apt-get install redis-server"
