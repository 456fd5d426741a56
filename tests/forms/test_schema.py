"""Forms as data: declared, frozen, restored, compared."""

import dataclasses
import json

import pytest
from django.db import IntegrityError, connection, transaction

from config.words import T
from forms.fields import (
    IDENTITY_KINDS,
    Choice,
    Date,
    IdentityNumber,
    LongText,
    Mobile,
    Money,
    Option,
    Text,
    YesNo,
)
from forms.models import FormVersion, freeze
from forms.schema import Field, Form, Section, ShowIf, thaw
from forms.versions import difference

YEARS = Choice(options=tuple(Option(str(n), T(en=f"{n} years", zh=f"{n} 年"), (f"{n}y",)) for n in range(8)))
CONTACT = Section(
    "contact",
    T(en="Contact", zh="经办人"),
    (
        Field("name", T(en="Name", zh="姓名"), Text(max_length=20), autocomplete="name"),
        Field("id_kind", T(en="Document", zh="证件类型"), IDENTITY_KINDS),
        Field("id_number", T(en="Number", zh="证件号码"), IdentityNumber()),
        Field("mobile", T(en="Mobile", zh="手机"), Mobile(), hint=T(en="11 digits", zh="11 位数字")),
    ),
    hint=T(en="Whom we call", zh="我们联系的人"),
)
MONEY = Section(
    "money",
    T(en="Money", zh="金额"),
    (
        Field("asked_fen", T(en="Amount asked", zh="申请金额"), Money(minimum_fen=1)),
        Field("had_before", T(en="Had one before?", zh="是否曾获资助"), YesNo()),
        Field(
            "had_on",
            T(en="When", zh="何时"),
            Date(past=True),
            show_if=ShowIf(field="had_before", values=("yes",)),
        ),
        Field("years", T(en="For how long", zh="期限"), YEARS, required=False),
        Field("why", T(en="Why", zh="理由"), LongText(max_length=50), required=False),
    ),
)
FORM = Form(slug="example", sections=(CONTACT, MONEY))


def changed(form, name, **changes):
    """`form` with one field changed."""
    sections = tuple(
        dataclasses.replace(
            section,
            fields=tuple(dataclasses.replace(f, **changes) if f.name == name else f for f in section.fields),
        )
        for section in form.sections
    )
    return Form(slug=form.slug, sections=sections)


def test_form_comes_back_from_its_definition():
    assert thaw(json.loads(FORM.canonical())) == FORM
    assert thaw(FORM.definition()).sha256 == FORM.sha256


def test_canonical_is_the_same_for_the_same_form_and_another_for_another():
    assert Form(slug="example", sections=(CONTACT, MONEY)).canonical() == FORM.canonical()
    assert len(FORM.sha256) == 64
    assert changed(FORM, "asked_fen", kind=Money(minimum_fen=2)).sha256 != FORM.sha256
    assert changed(FORM, "why", required=True).sha256 != FORM.sha256


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ((Field("a", T("A", "甲"), Text()), Field("a", T("A", "甲"), Text())), "field a more than once"),
        ((Field("a", T("A", "甲"), IdentityNumber()),), "'id_kind'"),
        ((Field("a", T("A", "甲"), Text(), show_if=ShowIf("b", ("1",))),), "'b'"),
        ((Field("a", T("A", "甲"), Text(), show_if=ShowIf("a", ("1",))),), "'a'"),
    ],
)
def test_form_that_contradicts_itself_is_not_declared(fields, said):
    with pytest.raises(ValueError, match=said):
        Form(slug="x", sections=(Section("s", T("S", "一"), fields),))


def test_difference_of_two_versions_names_added_removed_changed_and_moved():
    name, *others = CONTACT.fields
    money = dataclasses.replace(MONEY, fields=(*MONEY.fields[:-1], name))
    contact = dataclasses.replace(
        CONTACT, fields=(*others, Field("email", T(en="E-mail", zh="邮箱"), Text()))
    )
    new = changed(Form(slug="example", sections=(contact, money)), "asked_fen", kind=Money(maximum_fen=5))

    changes = difference(FORM, new)

    assert [change.new.name for change in changes.added] == ["email"]
    assert [change.old.name for change in changes.removed] == ["why"]
    assert [(c.section.en, c.old.kind, c.new.kind) for c in changes.changed] == [
        ("Money", Money(minimum_fen=1), Money(maximum_fen=5))
    ]
    assert [(change.section.en, change.new.name) for change in changes.moved] == [("Money", "name")]
    assert not difference(FORM, thaw(FORM.definition()))


@pytest.mark.django_db
def test_freezing_twice_keeps_one_version():
    first, again = freeze(FORM), freeze(thaw(FORM.definition()))
    other = freeze(changed(FORM, "why", required=True))

    assert first == again
    assert first.form == FORM
    assert set(FormVersion.objects.values_list("slug", "sha256")) == {
        ("example", FORM.sha256),
        ("example", other.sha256),
    }


@pytest.mark.django_db
def test_frozen_version_cannot_be_changed_even_by_sql():
    version = freeze(FORM)

    with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(definition={})
    with (
        pytest.raises(IntegrityError, match="is frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE bailu_forms_formversion SET slug = 'x'")
