import tempfile

import pytest

from storage.kinds import CSV, JPEG, KINDS, PDF, PNG, XLS, XLSX
from storage.structure import Flaw, flaw_of
from tests.storage import papers


def judged(data: bytes, content_type: str) -> Flaw | None:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return flaw_of(file, KINDS[content_type])


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (papers.PDF, PDF),
        (b"\n" + papers.PDF, PDF),
        (papers.JPEG, JPEG),
        (papers.PNG, PNG),
        (papers.XLSX, XLSX),
        (papers.XLS, XLS),
        (papers.CSV, CSV),
        ("﻿姓名\n张三\n".encode(), CSV),
        ("姓名\n张三\n".encode("utf-16"), CSV),
        (b"MZ,price\n1,2\n", CSV),
        ("张".encode() * 5000, CSV),
    ],
)
def test_true_file_has_no_flaw(data, content_type):
    assert judged(data, content_type) is None


@pytest.mark.parametrize(
    ("data", "content_type", "flaw"),
    [
        (papers.EXE, XLS, Flaw("wrong_content", ".exe")),
        (papers.EXE, XLSX, Flaw("wrong_content", ".exe")),
        (papers.EXE, PDF, Flaw("wrong_content", ".exe")),
        (papers.EXE, CSV, Flaw("wrong_content", ".exe")),
        (papers.PNG, JPEG, Flaw("wrong_content", ".png")),
        (papers.PNG, CSV, Flaw("wrong_content", ".png")),
        (papers.DOC, XLS, Flaw("wrong_content", ".doc")),
        (
            papers.zipped({"[Content_Types].xml": b"", "word/document.xml": b""}),
            XLSX,
            Flaw("wrong_content", ".docx"),
        ),
        (papers.zipped({"a.txt": b"a"}), XLSX, Flaw("wrong_content", ".zip")),
        (b"<html>no workbook</html>", XLSX, Flaw("wrong_content", ".html")),
        (b"no workbook", XLSX, Flaw("wrong_content", ".txt")),
        (papers.PDF[:-200], PDF, Flaw("broken")),
        (papers.PNG[:40], PNG, Flaw("broken")),
        (papers.JPEG[:-2], JPEG, Flaw("broken")),
        (papers.XLSX[:-100], XLSX, Flaw("broken")),
        (papers.pdf(password="secret"), PDF, Flaw("password")),
        (
            papers.zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/vbaProject.bin": b""}),
            XLSX,
            Flaw("macros"),
        ),
    ],
)
def test_false_file_is_named_for_what_it_is(data, content_type, flaw):
    found = judged(data, content_type)

    assert found is not None
    assert found.reason == flaw.reason
    if flaw.finding:
        assert found.finding == flaw.finding
