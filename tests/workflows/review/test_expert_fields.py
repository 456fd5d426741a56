"""Edits of the tree of fields are kept: who, when, what stood there before and after."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from workflows.models import ExpertField, FieldChange
from workflows.review.experts import field_seed, fields


def said(field: ExpertField) -> list[tuple[str, str]]:
    return list(field.changes.order_by("pk").values_list("what", "by__email"))


def test_every_edit_leaves_a_line(clerk: User, official: User) -> None:
    top = fields.add(code="qx", title_zh="气象", title_en="Weather", by=clerk)
    part = fields.add(code="qx01", title_zh="雷达", title_en="Radar", parent=top, by=clerk)
    other = fields.add(code="qx02", title_zh="卫星", title_en="Satellites", parent=top, by=clerk)
    fields.change(part, title_zh="雷达气象", title_en="Radar", parent=top, by=official)
    fields.shift(other, -1, by=official)
    fields.retire(part, by=clerk)
    fields.restore(part, by=official)

    who = {"clerk": clerk.email, "official": official.email}
    assert said(part) == [
        ("add", who["clerk"]), ("change", who["official"]), ("move", who["official"]), ("retire", who["clerk"]),
        ("restore", who["official"]),
    ]  # fmt: skip
    assert said(top) == [("add", who["clerk"])]
    renamed = FieldChange.objects.get(field=part, what="change")
    assert (renamed.before["title_zh"], renamed.after["title_zh"]) == ("雷达", "雷达气象")


def test_edit_that_changes_nothing_leaves_no_line(clerk: User) -> None:
    top = fields.add(code="qx", title_zh="气象", title_en="Weather", by=clerk)
    fields.change(top, title_zh="气象", title_en="Weather", parent=None, by=clerk)
    fields.restore(top, by=clerk)
    assert [what for what, _ in said(top)] == ["add"]


def test_history_of_fields_cannot_be_changed(clerk: User) -> None:
    fields.add(code="qx", title_zh="气象", title_en="Weather", by=clerk)
    for statement in ("UPDATE workflows_fieldchange SET what = 'x'", "DELETE FROM workflows_fieldchange"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_usual_fields_say_who_loaded_them_once(clerk: User) -> None:
    n = field_seed.load_fields(by=clerk)
    assert FieldChange.objects.filter(by=clerk, what="add").count() == n == ExpertField.objects.count()
    assert field_seed.load_fields(by=clerk) == 0
    assert FieldChange.objects.count() == n


def test_page_of_a_field_shows_its_history(client, clerk: User) -> None:
    top = fields.add(code="qx", title_zh="气象", title_en="Weather", by=clerk)
    client.force_login(clerk)
    client.post(
        reverse("expert_field", args=[top.pk]), {"title_zh": "天气", "title_en": "Weather", "parent": ""}
    )
    page = client.get(reverse("expert_field", args=[top.pk])).content.decode()
    assert "气象 → 天气" in page
