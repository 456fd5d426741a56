"""The production composition says what the settings read, and has no password of its own."""

import re
from typing import Any

import pytest
import yaml

from launch.places import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
READ = set(
    re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]*)"', (ROOT / "config" / "settings.py").read_text())
)
# What only a demonstration or a developer sets.
NOT_IN_PRODUCTION = {"DEBUG", "BAILU_DEMO", "BAILU_STANDINS"}
# What has a sound default, or is set by the image.
MAY_BE_ABSENT = {
    "CELERY_QUEUE",
    "BAILU_DATA_DIR",
    "S3_REGION",
    "CLAMD_ADDRESS",
    "LOG_JSON",
    "DATABASE_PREPARES",
    "WEBHOOK_NETWORKS",
}
SECRETS = {"SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "DATABASE_URL", "CELERY_BROKER_URL",
           "S3_ACCESS_KEY", "S3_SECRET_KEY"}  # fmt: skip


def test_services_are_those_of_production() -> None:
    assert set(SERVICES) == {"postgres", "rabbitmq", "minio", *OURS}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_settings_read(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= READ


def test_every_setting_is_said_or_has_a_default_or_is_for_a_demonstration() -> None:
    said = set(SERVICES["web"]["environment"])
    assert READ - said == NOT_IN_PRODUCTION | MAY_BE_ABSENT


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_secret_has_no_default(name: str) -> None:
    value = SERVICES["web"]["environment"][name]
    assert re.search(r"\$\{[A-Z_0-9]+:\?", value)
    assert ":-" not in value


def test_servers_take_their_passwords_from_outside() -> None:
    for service, name in (
        ("postgres", "POSTGRES_PASSWORD"),
        ("rabbitmq", "RABBITMQ_DEFAULT_PASS"),
        ("minio", "MINIO_ROOT_PASSWORD"),
    ):
        assert re.fullmatch(r"\$\{[A-Z_0-9]+:\?\}", SERVICES[service]["environment"][name])


def test_example_names_every_variable_that_must_be_given() -> None:
    wanted = set(re.findall(r"\$\{([A-Z_0-9]+):\?", (ROOT / "deploy" / "compose.yaml").read_text()))
    lines = (ROOT / "deploy" / "example.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(given) == wanted
    assert set(given.values()) == {""}


@pytest.mark.parametrize("name", sorted({*SERVICES} - {"migrate"}))
def test_every_lasting_service_tells_its_health(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_only_this_machine_reaches_the_ports() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:9000:9000", "127.0.0.1:8000:8000"]
