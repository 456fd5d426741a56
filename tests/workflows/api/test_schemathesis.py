"""Whatever the description allows is asked: no fault of ours, no answer that is not described."""

import os
from collections import Counter

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Role
from config.wsgi import application
from tests import world
from tests.workflows.api.conftest import Program
from workflows.api.routes import OPERATIONS

# More when somebody looks for faults: `EXAMPLES=50`.
EXAMPLES = int(os.environ.get("EXAMPLES", "2"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ROLES = (Role.OWNER, Role.CLERK, Role.OFFICIAL, Role.EXPERT)


@pytest.fixture
def one_connection():
    """As Django's own test client: the end of a request does not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_api_answers_as_described_whoever_asks(one_connection, db, documents_folder):
    made = world.make()
    tokens = [Program(made.people[role]).headers() for role in ROLES]
    ids = [named["pk"] for named in made.objects.values() if isinstance(named.get("pk"), int)]
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    wrong: list[str] = []
    statuses: Counter[int] = Counter()

    for result in described.get_all_operations():
        _ask(result.ok(), tokens, ids, statuses, wrong)

    assert wrong == []
    assert statuses.total() >= len(OPERATIONS) * len(ROLES)
    # Not only refusals were described well.
    assert statuses[200] >= 30
    assert {401, 500} & statuses.keys() == set()


def _ask(operation, tokens, ids, statuses, wrong):
    """The same requests to one operation, with each of the tokens."""
    asked = 0

    @seed(20261123)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case):
        nonlocal asked
        asked += 1
        # Objects that are there are asked for too, else every answer would be a 404.
        if case.path_parameters and "pk" in case.path_parameters and asked % 2:
            case.path_parameters["pk"] = ids[asked % len(ids)]
        for headers in tokens:
            response = case.call(headers=headers)
            statuses[response.status_code] += 1
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as group:
                wrong.extend(
                    f"{operation.method} {operation.path}: {found}"[:600] for found in group.exceptions
                )

    ask()
