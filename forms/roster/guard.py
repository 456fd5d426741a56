"""Looks at a file before the reader does: the reader takes memory for the whole rectangle that cells span,
so that 6 kB with one stray cell in the last column cost gigabytes, and a crash cannot be caught."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from config.words import T
from forms.errors import BadFile, FarCell, Locked, NotExcel, TooLarge, TooManyRows

UNPACKED_LIMIT_BYTES = 400 * 1024 * 1024
# 100,000 rows of 60 columns; a cell takes about 32 bytes.
AREA_LIMIT_CELLS = 6_000_000
BLOCK_BYTES = 1024 * 1024
# The address of a cell that holds something: an empty one with a style closes itself and takes no memory.
ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d+)["'](?![^>]{0,500}/>)""")
# With every letter made A and every digit 0, an address from column AA or from row 100,000 on looks like one
# of these: looking for them takes a fifth of the time of an expression.
SHAPES = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'", b"A" * 26 + b"0" * 10 + b'"')
FAR_SHAPES = (b'"AA0', b'"AAA0', b'"A000000')

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
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
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
        if not any(_may_be_far(block) for block in _blocks(archive, entry)):
            continue
        column, row, rows = _extent(_blocks(archive, entry))
        if _number(column) * row > AREA_LIMIT_CELLS:
            if rows > max_rows:
                raise TooManyRows(file=name, found=rows, limit=max_rows)
            raise FarCell(file=name, column=column, row=row)


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry in blocks that end where a tag ends, as long as tags are of a sane length."""
    with archive.open(entry) as stream:
        kept = b""
        while block := stream.read(BLOCK_BYTES):
            block = kept + block
            end = block.rfind(b">") + 1 or len(block)
            yield block[:end]
            kept = block[end:]
        yield kept


def _may_be_far(block: bytes) -> bool:
    shape = block.translate(SHAPES)
    return any(far in shape for far in FAR_SHAPES)


def _extent(blocks: Iterator[bytes]) -> tuple[str, int, int]:
    """The last column with a cell that holds something, the last such row, and how many rows there are."""
    column, row, rows = "A", 0, 0
    for block in blocks:
        rows += block.count(b"<row ")
        for letters, digits in ADDRESS.findall(block):
            row = max(row, int(digits))
            if (len(letters), letters.decode()) > (len(column), column):
                column = letters.decode()
    return column, row, rows


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number
