"""The offline sheet: one workbook out, faults by cell, the difference shown before it is taken, an old one said."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from forms.sheets import write_xlsx
from workflows.models import Review, ReviewDraft
from workflows.review.sheets import drafts
from workflows.review.sheets.content import Content


@pytest.fixture
def page(client, experts):
    client.cookies.load({"django_language": "en"})
    client.force_login(experts[1].user)

    def send(data=None):
        address = reverse("score_sheets")
        return client.get(address) if data is None else client.post(address, data)

    return send


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def workbook(client):
    return client.get(reverse("score_sheets_export")).content


def filled(book, **cells):
    """The workbook with these cells of its first sheet as somebody typed them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as was, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as becomes:
        for name in was.namelist():
            text = was.read(name)
            if name == "xl/worksheets/sheet1.xml":
                page = text.decode()
                for cell, value in cells.items():
                    typed = (
                        f'<c r="{cell}" t="inlineStr"><is><t>{value}</t></is></c>'
                        if isinstance(value, str)
                        else f'<c r="{cell}"><v>{value}</v></c>'
                    )
                    page, n = re.subn(rf'<c r="{cell}"[^>]*?(/>|>.*?</c>)', typed, page)
                    assert n == 1, cell
                text = page.encode()
            becomes.writestr(name, text)
    return out.getvalue()


def upload(page, book, name="sheets.xlsx"):
    return page({"workbook": SimpleUploadedFile(name, book)})


def token(answer):
    return re.search(r'name="token" value="([^"]+)"', answer.content.decode())[1]


def test_workbook_goes_out_locked_and_comes_in_compared(page, client, heard, experts):
    book = workbook(client)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert "<sheetProtection" in parts.read("xl/worksheets/sheet1.xml").decode()
        assert 'name="_bailu" sheetId="2" state="veryHidden"' in parts.read("xl/workbook.xml").decode()

    shown = upload(page, filled(book, C5=48.5, C6="３５", D8="离线填写"))

    assert shown.status_code == 200
    assert "Need — 48.5" in text(shown)
    assert not ReviewDraft.objects.exists()
    assert page({"token": token(shown)}).status_code == 302
    assert drafts.sheet_of(experts[1].user, heard.pk).content == Content(
        {"need": "48.5", "effect": "35"}, opinion="离线填写"
    )
    assert not Review.objects.exists()
    # Taken a second time it changes nothing.
    assert page({"token": token(shown)}).status_code == 302


def test_faults_are_named_by_cell_and_an_old_workbook_is_said(page, client, heard, experts):
    book = workbook(client)
    drafts.save(experts[1].user, heard.pk, Content({"need": "30"}), version=0, tab="x")
    wrong = upload(page, filled(book, C5=61, C6="vierzig"))
    assert wrong.status_code == 422
    assert "C5 61 Scored from 0 to 60, not 61." in text(wrong)
    assert "C6 vierzig “vierzig” is no number." in text(wrong)
    assert 'name="token"' not in wrong.content.decode()

    stale = text(upload(page, filled(book, C5=44, C6=20)))
    assert "This workbook is older than what you saved here." in stale
    assert "Need 30 44" in stale


def test_what_is_no_workbook_of_ours_or_of_somebody_else_is_refused(page, client, heard, experts):
    assert "Choose the workbook" in text(page({}))
    assert upload(page, write_xlsx(["a"], [["b"]], title="x")).status_code == 422
    assert upload(page, b"name,score").status_code == 422
    assert page({"token": "forged"}).status_code == 409
    book = workbook(client)
    client.force_login(experts[2].user)
    experts[2].assignments.update(abstained_at=heard.submitted_at)

    assert "This case is not open to you" in text(upload(page, book))
