import base64
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import sealing
from accounts.models import User
from accounts.rotation import rotate_all
from accounts.sealing import key_id_of

pytestmark = pytest.mark.django_db

OLD = "k1:" + base64.b64encode(b"1" * 32).decode()
NEW = "k2:" + base64.b64encode(b"2" * 32).decode()


@pytest.fixture
def keys(settings):
    def use(*keys: str) -> None:
        settings.FIELD_KEYS = list(keys)
        sealing._ciphers.cache_clear()

    yield use
    sealing._ciphers.cache_clear()


def key_ids() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select phone from accounts_user where phone <> '' order by id")
        return [key_id_of(value) for (value,) in cursor.fetchall()]


def people(count: int) -> None:
    User.objects.bulk_create(
        User(email=f"p{n}@example.com", name=f"人{n}", phone=f"1380013{n:04}") for n in range(count)
    )


def test_rotation_brings_every_value_under_the_first_key(keys):
    keys(OLD)
    people(5)
    User.objects.create(email="none@example.com", name="无电话")
    keys(NEW, OLD)
    out = StringIO()

    call_command("rotate_keys", "--json", "--chunk=2", stdout=out)

    report = json.loads(out.getvalue())
    assert report["resealed"]["accounts.User.phone"] == 5
    assert report["total"] == sum(report["resealed"].values())
    assert key_ids() == ["k2"] * 5
    keys(NEW)
    assert list(
        User.objects.filter(phone__isnull=False, email__startswith="p")
        .order_by("pk")
        .values_list("phone", flat=True)
    ) == [f"1380013{n:04}" for n in range(5)]


def test_rotation_goes_on_where_it_stopped(keys):
    keys(OLD)
    people(3)
    keys(NEW, OLD)
    User.objects.filter(email="p0@example.com").update(phone="13800138000")

    counts = {rotated.column: rotated.resealed for rotated in rotate_all()}
    assert counts["accounts.User.phone"] == 2
    assert {r.column: r.resealed for r in rotate_all()}["accounts.User.phone"] == 0


def test_rotation_without_the_old_key_changes_nothing_and_says_so(keys):
    keys(OLD)
    people(2)
    keys(NEW)

    with pytest.raises(CommandError, match="k1"):
        call_command("rotate_keys")
    assert key_ids() == ["k1", "k1"]
