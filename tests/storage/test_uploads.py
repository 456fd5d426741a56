import hashlib
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from storage import uploads
from storage.errors import BadDigest, BadName, EmptyFile, Expired, NotVerified, StoreAway, TooLarge, WrongType
from storage.interface import Post
from storage.models import Document, DocumentState
from storage.verification import verify
from tests.storage import papers
from tests.storage.conftest import SERVERS

MB = 1024**2
pytestmark = pytest.mark.django_db


def begin(user, filename: str, size_bytes: int, content_type: str = "", limits=uploads.PAPER):
    return uploads.begin(
        user=user,
        organisation=None,
        filename=filename,
        size_bytes=size_bytes,
        content_type=content_type,
        limits=limits,
        purpose="paper",
    )


def test_upload_is_verified_by_its_digest(uploaded, objects):
    document = uploaded(papers.PDF)
    assert document.state == DocumentState.CHECKING

    assert verify(document.pk) is True

    document.refresh_from_db()
    assert document.state == DocumentState.VERIFIED
    assert document.sha256 == hashlib.sha256(papers.PDF).hexdigest()
    assert document.scanned is False
    assert uploads.read(document) == papers.PDF


@pytest.mark.parametrize(
    ("data", "filename", "limits"),
    [
        (papers.PNG, "照片.PNG", uploads.PAPER),
        (papers.JPEG, "照片.jpeg", uploads.PAPER),
        (papers.XLSX, "名单.xlsx", uploads.ROSTER),
        (papers.XLS, "名单.xls", uploads.ROSTER),
        (papers.CSV, "回单.csv", uploads.RETURN),
    ],
)
def test_each_kind_is_taken_where_it_belongs(uploaded, data, filename, limits):
    document = uploaded(data, filename, limits=limits)

    verify(document.pk)

    document.refresh_from_db()
    assert (document.state, document.refusal) == (DocumentState.VERIFIED, "")


@pytest.mark.parametrize(
    ("data", "filename", "limits", "refusal"),
    [
        (papers.EXE, "名单.xls", uploads.ROSTER, "wrong_content"),
        (papers.EXE, "合同.pdf", uploads.PAPER, "wrong_content"),
        (papers.pdf("secret"), "合同.pdf", uploads.PAPER, "password"),
        (papers.PDF.replace(b"%%EOF", b"%%EO "), "合同.pdf", uploads.PAPER, "broken"),
    ],
)
def test_false_file_is_refused_with_its_reason(uploaded, data, filename, limits, refusal):
    document = uploaded(data, filename, limits=limits)

    verify(document.pk)

    document.refresh_from_db()
    assert (document.state, document.refusal) == (DocumentState.REFUSED, refusal)
    assert filename in document.reason.zh
    assert filename in document.reason.en
    with pytest.raises(NotVerified):
        uploads.read(document)


def test_renamed_program_is_named_as_one(uploaded):
    document = uploaded(papers.EXE, "名单.xls", limits=uploads.ROSTER)

    verify(document.pk)

    document.refresh_from_db()
    assert document.reason.zh == (
        "“名单.xls”不是真正的 Excel (.xls) 文件，内容属于其他类型（.exe）。"
        "请用原程序打开，另存为 Excel (.xls) 后重新上传。"
    )


def test_eicar_is_refused(uploaded):
    from storage.scanning import EICAR

    document = uploaded(EICAR, "回单.csv", limits=uploads.RETURN)

    verify(document.pk)

    document.refresh_from_db()
    assert (document.refusal, document.finding) == ("malware", "EICAR")


def test_wrong_digest_is_refused(uploaded):
    document = uploaded(papers.PDF, sha256="0" * 64)

    verify(document.pk)

    document.refresh_from_db()
    assert document.refusal == "digest_differs"


def test_fewer_bytes_than_announced_are_refused(begun, objects, post, wang):
    ticket = begun(papers.PDF + b"\n")
    assert post(Post(ticket.url, ticket.fields), papers.PDF) == 204
    uploads.finish(ticket.document, sha256=hashlib.sha256(papers.PDF).hexdigest(), user=wang)

    verify(ticket.document.pk)

    ticket.document.refresh_from_db()
    assert ticket.document.refusal == "size_differs"


def test_upload_that_never_arrived_is_refused(begun, objects, wang):
    ticket = begun(papers.PDF)
    uploads.finish(ticket.document, sha256="0" * 64, user=wang)

    verify(ticket.document.pk)

    ticket.document.refresh_from_db()
    assert ticket.document.refusal == "missing"


def test_what_is_posted_after_the_check_does_not_count(objects, begun, post, wang):
    ticket = begun(papers.PDF)
    where = Post(ticket.url, ticket.fields)
    post(where, papers.PDF)
    uploads.finish(ticket.document, sha256=hashlib.sha256(papers.PDF).hexdigest(), user=wang)
    verify(ticket.document.pk)

    assert post(where, b"%PDF-evil") == 204

    ticket.document.refresh_from_db()
    assert uploads.read(ticket.document) == papers.PDF


def test_object_of_the_browser_goes_after_the_check(uploaded, objects, django_capture_on_commit_callbacks):
    document = uploaded()

    with django_capture_on_commit_callbacks(execute=True):
        verify(document.pk)

    from storage.errors import NoSuchObject

    with pytest.raises(NoSuchObject):
        objects.stat(document.incoming_key)


def test_store_that_is_away_leaves_the_document_waiting(uploaded, settings):
    document = uploaded()
    settings.S3_ENDPOINT = settings.S3_PUBLIC_ENDPOINT = "http://127.0.0.1:1"

    with pytest.raises(StoreAway):
        verify(document.pk)

    document.refresh_from_db()
    assert document.state == DocumentState.CHECKING


def test_scanner_that_is_away_leaves_the_document_waiting(uploaded, settings):
    from storage.errors import ScannerAway

    document = uploaded()
    settings.CLAMD = "127.0.0.1:1"

    with pytest.raises(ScannerAway):
        verify(document.pk)

    document.refresh_from_db()
    assert document.state == DocumentState.CHECKING


@pytest.mark.parametrize("path", ["..\\..\\合同.pdf", "/etc/合同.pdf", "\u202e合同\x00.pdf", " 合同.pdf "])
def test_name_is_the_last_part_of_a_path(folder, wang, path):
    assert begin(wang, path, 10).document.filename == "合同.pdf"


def test_file_over_the_limit_is_refused_before_it_is_sent(folder, wang):
    with pytest.raises(TooLarge) as refusal:
        begin(wang, "合同.pdf", 20 * MB + 1)

    assert refusal.value.status == 413
    assert refusal.value.sentence.zh == "“合同.pdf”大小为 20.01 MB，超过上限 20 MB。请压缩或拆分后重新上传。"
    assert Document.objects.count() == 0


def test_file_at_the_limit_is_taken(folder, wang):
    assert begin(wang, "合同.pdf", 20 * MB).document.size_bytes == 20 * MB


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("木马.exe", "application/x-msdownload"),
        ("木马.exe", ""),
        ("名单.xlsx", ""),
        ("合同.pdf", "application/x-msdownload"),
        ("合同.pdf", "text/html"),
        ("合同.pdf.exe", "application/pdf"),
    ],
)
def test_file_of_another_type_is_refused_before_it_is_sent(folder, wang, filename, content_type):
    with pytest.raises(WrongType) as refusal:
        begin(wang, filename, 10, content_type)

    assert refusal.value.sentence.en == (
        f"“{filename}” (10 B) is not a PDF / JPEG / PNG file. Save it as one of these, then try again."
    )


@pytest.mark.parametrize(("size_bytes", "refusal"), [(0, EmptyFile), (-1, EmptyFile)])
def test_empty_file_is_refused_before_it_is_sent(folder, wang, size_bytes, refusal):
    with pytest.raises(refusal):
        begin(wang, "合同.pdf", size_bytes)


@pytest.mark.parametrize("filename", ["", "合同", ".pdf", "长" * 120 + ".pdf"])
def test_name_that_cannot_be_kept_is_refused(folder, wang, filename):
    with pytest.raises(BadName):
        begin(wang, filename, 10)


def test_begin_with_the_store_away_says_so_and_leaves_nothing(settings, wang):
    settings.S3_ENDPOINT = settings.S3_PUBLIC_ENDPOINT = "http://127.0.0.1:1"
    settings.S3_ACCESS_KEY = settings.S3_SECRET_KEY = "somebody"

    with pytest.raises(StoreAway):
        begin(wang, "合同.pdf", 10)

    assert Document.objects.count() == 0


def test_finish_twice_changes_nothing(begun, folder, wang):
    ticket = begun(papers.PDF)
    first = uploads.finish(ticket.document, sha256="A" * 64, user=wang)

    second = uploads.finish(ticket.document, sha256="b" * 64, user=wang)

    assert (second.state, second.declared_sha256) == ("checking", "a" * 64)
    assert second.queued_at == first.queued_at


def test_finish_of_anothers_document_knows_of_none(begun, folder, stranger):
    with pytest.raises(Document.DoesNotExist):
        uploads.finish(begun(papers.PDF).document, sha256="a" * 64, user=stranger)


@pytest.mark.parametrize("sha256", ["", "a" * 63, "g" * 64])
def test_finish_without_a_digest_is_refused(begun, folder, wang, sha256):
    ticket = begun(papers.PDF)

    with pytest.raises(BadDigest):
        uploads.finish(ticket.document, sha256=sha256, user=wang)

    ticket.document.refresh_from_db()
    assert ticket.document.state == DocumentState.PENDING


def test_verify_of_an_unfinished_or_unknown_document_is_nothing(begun, folder):
    assert verify(begun(papers.PDF).document.pk) is False
    assert verify(uuid.uuid4()) is False


def test_deposit_is_verified_at_once(objects, wang, firm):
    document = uploads.deposit(
        user=wang,
        organisation=firm,
        filename="拨付清单.csv",
        content_type="text/csv",
        data=papers.CSV,
        purpose="payment-list",
    )

    assert document.is_verified
    assert uploads.read(document) == papers.CSV


def test_verified_row_is_kept_by_the_database(objects, wang, firm):
    document = uploads.deposit(
        user=wang, organisation=firm, filename="a.csv", content_type="text/csv", data=b"a", purpose="x"
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        document.delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE storage_document SET sha256 = repeat('0', 64) WHERE id = %s", [document.pk])
    assert Document.objects.filter(pk=document.pk).exists()


def test_read_after_retention_says_so(folder, wang, firm):
    from datetime import timedelta

    from django.utils import timezone

    from storage.retention import expire, retain

    document = uploads.deposit(
        user=wang, organisation=firm, filename="a.csv", content_type="text/csv", data=b"a", purpose="x"
    )
    retain(document, timezone.localdate() - timedelta(days=1))
    expire()

    document.refresh_from_db()
    with pytest.raises(Expired):
        uploads.read(document)


def test_environment_names_a_server():
    assert SERVERS, "the storage's tests want at least one S3 server: S3_ENDPOINT or S3_ALT_ENDPOINT"
