"""Looks at a file before the reader does: the reader takes memory for the whole rectangle that cells span,
so that 6 kB with one stray cell in the last column cost gigabytes, and a crash cannot be caught."""

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from config.words import T
from forms.errors import BadFile, FarCell, Locked, NotExcel, TooLarge, TooManyRows

UNPACKED_LIMIT_BYTES = 400 * 1024 * 1024
# 100,000 rows of 60 columns; a cell takes about 32 bytes.
AREA_LIMIT_CELLS = 6_000_000
BLOCK_BYTES = 1024 * 1024
# An address split between two blocks is seen whole in the overlap.
OVERLAP_BYTES = 256
# Addresses that can matter: from column AA on, or from row 100,000 on; of cells that hold something.
FAR = re.compile(rb"""\br\s*=\s*["'](?:([A-Z]{2,3})(\d+)|[A-Z](\d{6,}))["'][^>]{0,200}(?<!/)>""")

PROGRAM = T(en="a program", zh="程序文件")
OLD_EXCEL = T(en="an old Excel file (.xls)", zh="旧版 Excel 文件（.xls）")
OTHER_SHEET = T(en="a spreadsheet of another format", zh="其他格式的表格文件")
PDF = T(en="a PDF", zh="PDF 文件")
PICTURE = T(en="a picture", zh="图片")
PLAIN = T(en="a plain text file (perhaps .csv)", zh="纯文本文件（可能是 .csv）")
NOTHING = T(en="empty", zh="空文件")
DAMAGED = T(en="a damaged or unfinished file", zh="损坏或不完整的文件")
UNKNOWN = T(en="a file of another kind", zh="其他类型的文件")

STARTS = (
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"#!", PROGRAM),
    (b"%PDF", PDF),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def look(file: BinaryIO, name: str, *, max_rows: int) -> None:
    """Nothing, where `file` is an .xlsx that can be read in bounded memory.

    Raises:
        NotExcel, Locked, TooLarge, FarCell, TooManyRows: why it is not; `name` is what the person calls it.
    """
    file.seek(0)
    head = file.read(4096)
    if not head.startswith(b"PK\x03\x04"):
        raise _other(file, head, name)
    try:
        with zipfile.ZipFile(file) as archive:
            _look_inside(archive, name, max_rows)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise NotExcel(file=name, found=DAMAGED) from error


def _other(file: BinaryIO, head: bytes, name: str) -> BadFile:
    if head.startswith(OLE):
        # Excel wraps a workbook with a password into the container of the old format.
        file.seek(0)
        locked = "EncryptedPackage".encode("utf-16-le") in file.read(BLOCK_BYTES)
        return Locked(file=name) if locked else NotExcel(file=name, found=OLD_EXCEL)
    if not head:
        return NotExcel(file=name, found=NOTHING)
    for start, found in STARTS:
        if head.startswith(start):
            return NotExcel(file=name, found=found)
    text = b"\0" not in head and not any(byte < 9 for byte in head)
    return NotExcel(file=name, found=PLAIN if text else UNKNOWN)


def _look_inside(archive: zipfile.ZipFile, name: str, max_rows: int) -> None:
    entries = {entry.filename: entry for entry in archive.infolist()}
    if "xl/workbook.xml" not in entries:
        other = "xl/workbook.bin" in entries or "content.xml" in entries
        raise NotExcel(file=name, found=OTHER_SHEET if other else UNKNOWN)
    size = sum(entry.file_size for entry in entries.values())
    if size > UNPACKED_LIMIT_BYTES:
        raise TooLarge(file=name, size_mb=size >> 20, limit_mb=UNPACKED_LIMIT_BYTES >> 20)
    for entry in entries.values():
        # Any entry may be a sheet, whatever its name. Reading to the end also finds one that is longer than
        # it says.
        column, row, rows = _extent(_blocks(archive, entry))
        if _number(column) * row > AREA_LIMIT_CELLS:
            if rows > max_rows:
                raise TooManyRows(file=name, found=rows, limit=max_rows)
            raise FarCell(file=name, column=column, row=row)


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as stream:
        kept = b""
        while block := stream.read(BLOCK_BYTES):
            yield kept + block
            kept = block[-OVERLAP_BYTES:]


def _extent(blocks: Iterator[bytes]) -> tuple[str, int, int]:
    """The last column with a cell, the last row, and how many rows there are."""
    column, row, rows = "Z", 100_000, 0
    for block in blocks:
        rows += block.count(b"<row ")
        for letters, beside, alone in FAR.findall(block):
            row = max(row, int(beside or alone))
            if letters and (len(letters), letters.decode()) > (len(column), column):
                column = letters.decode()
    return column, row, rows


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number
