import pytest
from django.test import Client


def test_live_asks_nobody():
    assert Client().get("/health/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_each_part():
    answer = Client().get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "ok", "object_store": "ok"}


@pytest.mark.django_db
def test_ready_without_the_object_store_is_degraded(settings):
    settings.S3_ENDPOINT = "http://127.0.0.1:9"

    answer = Client().get("/health/ready")

    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["object_store"] == "away (URLError)"


def test_ready_without_the_database_is_unavailable():
    # No database mark: pytest-django's guard stands in for a database that cannot be reached.
    answer = Client(raise_request_exception=False).get("/health/ready")

    assert answer.status_code in (500, 503)
