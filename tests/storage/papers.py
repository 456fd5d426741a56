"""Files to upload: true ones of each kind, and others that only say so."""

import io
import zipfile
import zlib

import pypdf
import xlsxwriter


def pdf(password: str | None = None) -> bytes:
    """A page of nothing."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def xlsx(rows: int = 3) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("名单")
        for row in range(rows):
            sheet.write_row(row, 0, ["张三", 300_000])
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive of `members`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def png() -> bytes:
    """One white pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


PDF = pdf()
XLSX = xlsx()
PNG = png()
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 64 + b"\xff\xd9"
CSV = "姓名,金额\n张三,300000\n".encode("gb18030")
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 512
XLS = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600 + "Workbook".encode("utf-16-le") + b"\x00" * 600
DOC = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600 + "WordDocument".encode("utf-16-le") + b"\x00" * 600
DOCX = zipped({"[Content_Types].xml": b"", "word/document.xml": b""})
