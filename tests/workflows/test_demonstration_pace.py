"""What loading the demonstration does without is there again afterwards; its addresses are those of the pages."""

import gc

import pytest
from django.db import connection
from django.urls import get_urlconf, reverse

from workflows.demonstration.pace import ADDRESSES, at_pace


def state() -> tuple[object, ...]:
    server = connection.connection
    plans = server.cursor_factory, server.prepare_threshold, server.prepared_max
    return connection.features.uses_savepoints, gc.get_threshold(), get_urlconf(), *plans


@pytest.mark.django_db
def test_everything_is_as_before_also_after_an_error() -> None:
    connection.ensure_connection()
    before = state()
    with at_pace():
        assert state() != before
    assert state() == before
    with pytest.raises(ZeroDivisionError), at_pace():
        raise ZeroDivisionError
    assert state() == before


@pytest.mark.parametrize("name", ["application", "case", "session", "my_seat", "application_defence"])
def test_addresses_of_messages_are_those_of_the_pages(name: str) -> None:
    assert reverse(name, args=[7], urlconf=ADDRESSES) == reverse(name, args=[7])
