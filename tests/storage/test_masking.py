"""Copies for blind readers say nothing of who made them, and hold the same content."""

import io
import struct
import zipfile
import zlib

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from storage.errors import CannotMask
from storage.kinds import CSV, JPEG, PDF, PNG, XLS, XLSX
from storage.masking import masked

WHO = "Lujiang Software"


def pdf() -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": WHO, "/Title": f"Plan of {WHO}", "/Company": WHO})
    xmp = StreamObject()
    xmp._data = f"<x:xmpmeta><dc:creator>{WHO}</dc:creator></x:xmpmeta>".encode()
    xmp[NameObject("/Type")], xmp[NameObject("/Subtype")] = NameObject("/Metadata"), NameObject("/XML")
    writer._root_object[NameObject("/Metadata")] = writer._add_object(xmp)
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/App"): TextStringObject(WHO)})
    note = FreeText(text="see here", rect=(0, 0, 50, 50))
    note[NameObject("/T")] = TextStringObject(WHO)
    writer.add_annotation(0, note)
    writer.add_attachment("who.txt", WHO.encode())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pdf_loses_author_xmp_private_data_attachments_and_authors_of_notes() -> None:
    given = pdf()
    assert given.count(WHO.encode()) >= 3

    made = masked(given, PDF)

    assert WHO.encode() not in made
    read = PdfReader(io.BytesIO(made))
    assert not read.metadata or not {"/Author", "/Title", "/Company"} & set(read.metadata)
    assert read.xmp_metadata is None
    assert not read.attachments
    assert len(read.pages) == 1
    assert read.pages[0]["/Annots"][0].get_object()["/Contents"] == "see here"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def test_png_loses_text_and_keeps_the_picture() -> None:
    head, end = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)), chunk(b"IEND", b"")
    picture = chunk(b"IDAT", zlib.compress(bytes(4)))
    said = chunk(b"tEXt", b"Author\0" + WHO.encode()) + chunk(b"eXIf", WHO.encode())

    assert masked(head + said + picture + end + WHO.encode(), PNG) == head + picture + end


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack("!H", len(data) + 2) + data


def test_jpeg_loses_exif_xmp_iptc_and_comments() -> None:
    jfif, table = segment(0xE0, b"JFIF\0"), segment(0xDB, bytes(65))
    said = b"".join(segment(marker, WHO.encode()) for marker in (0xE1, 0xED, 0xFE))
    scan = segment(0xDA, bytes(10)) + b"\x01\x02\xff\x00\x03" + b"\xff\xd9"

    assert (
        masked(b"\xff\xd8" + jfif + said + table + scan + WHO.encode(), JPEG)
        == b"\xff\xd8" + jfif + table + scan
    )


def test_workbook_loses_properties_and_authors_and_keeps_its_cells() -> None:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.set_properties({"author": WHO, "company": WHO, "manager": WHO})
    book.set_custom_property("firm", WHO)
    sheet = book.add_worksheet()
    sheet.write("A1", "42 units")
    sheet.write_comment("A1", "remark", {"author": WHO})
    book.close()

    made = zipfile.ZipFile(io.BytesIO(masked(out.getvalue(), XLSX)))

    assert made.testzip() is None
    assert not [name for name in made.namelist() if WHO.encode() in made.read(name)]
    assert b"42 units" in made.read("xl/sharedStrings.xml")


def test_text_stays_as_it_is_and_what_cannot_be_cleaned_is_refused() -> None:
    assert masked(b"a,b\n", CSV) == b"a,b\n"
    for content, kind in (
        (b"\xd0\xcf\x11\xe0", XLS),
        (b"%PDF-1.4 broken", PDF),
        (b"PK", XLSX),
        (b"\x89PNG", PNG),
    ):
        with pytest.raises(CannotMask):
            masked(content, kind)
