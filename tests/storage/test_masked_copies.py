"""Masked copies are ordered by a row, made by a worker, and given under another name."""

import io
from urllib.parse import unquote

import pytest
from pypdf import PdfWriter

from accounts.models import User
from storage.errors import CannotMask, CopyNotReady
from storage.masked_copies import ask_for_copy, deliver_masked, make_copy
from storage.models import Document, MaskedCopy
from storage.objects import store
from storage.retention import expire
from storage.tasks import requeue_copies
from storage.uploads import deposit
from tests.storage import papers

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> User:
    return User.objects.create_user("maker@example.test", name="陈示例")


def kept(maker: User, content: bytes, kind: str = "application/pdf", name: str = "陈示例.pdf") -> Document:
    return deposit(
        user=maker, organisation=None, filename=name, content_type=kind, data=content, purpose="paper"
    )


def signed_pdf() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": "Chen Example"})
    writer.write(out)
    return out.getvalue()


def content_of(key: str) -> bytes:
    with store().open(key) as chunks:
        return b"".join(chunks)


def test_copy_is_made_once_and_given_under_another_name(objects, maker) -> None:
    document = kept(maker, signed_pdf())
    with pytest.raises(CopyNotReady):
        deliver_masked(document, name="plan 1.pdf")
    make_copy(document.pk)
    make_copy(document.pk)

    copy = MaskedCopy.objects.get()
    assert b"Chen Example" not in content_of(copy.object_key)
    assert b"Chen Example" in content_of(document.object_key)
    to = unquote(unquote(deliver_masked(document, name="plan 1.pdf")["Location"]))
    assert "陈示例" not in to


def test_what_cannot_be_cleaned_is_refused_for_good(objects, maker) -> None:
    document = kept(maker, papers.XLS, "application/vnd.ms-excel", "表.xls")
    ask_for_copy(document)
    make_copy(document.pk)

    with pytest.raises(CannotMask):
        deliver_masked(document, name="x.xls")


def test_sweeper_asks_again_and_copies_go_with_their_document(folder, maker) -> None:
    folder.ensure_bucket()
    document = kept(maker, signed_pdf())
    ask_for_copy(document)
    assert requeue_copies() == 0
    MaskedCopy.objects.update(asked_at=document.created_at.replace(year=2020))
    assert requeue_copies() == 1
    make_copy(document.pk)
    Document.objects.update(retained_until=document.created_at.replace(year=2020).date())
    assert expire() == 1
    assert not folder.path(MaskedCopy.objects.get().object_key).exists()
