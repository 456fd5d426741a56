"""Addresses that are looked up once and filled in for each thing."""

import pytest
from django.urls import reverse

from workflows.web.addresses import addresses


@pytest.mark.parametrize(("name", "rest"), [("case", ()), ("case_step", ("claim",))])
def test_address_is_that_of_reverse(name: str, rest: tuple[str, ...]) -> None:
    of = addresses(name, *rest)
    assert [of(pk) for pk in (0, 7, 123456)] == [reverse(name, args=[pk, *rest]) for pk in (0, 7, 123456)]
