"""Whether a file is what its name says: magic bytes, and that it opens as its kind.

A file is judged by its content; nothing of it is run, unpacked or rendered.
"""

import mmap
import re
import zipfile
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

import puremagic

from storage.kinds import CSV, JPEG, PDF, PNG, XLS, XLSX, Kind
from storage.reasons import BROKEN, MACROS, PASSWORD, WRONG_CONTENT

HEAD_BYTES = 8 * 1024
# A workbook of 100,000 rows unpacks to some 200 MB; a bomb to far more.
UNPACKED_BYTES = 1024**3
ZIP_MEMBERS = 10_000
_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")


class Flaw(NamedTuple):
    """A reason (of `storage.reasons`) and what was found instead."""

    reason: str
    finding: str = ""


def flaw_of(file: BinaryIO, kind: Kind) -> Flaw | None:
    """What keeps the non-empty `file` (with a descriptor) from being of `kind`; None when it is."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if kind.magic:
        found = _endings(head)
        if not kind.magic & set(found):
            fallback = ".txt" if _is_text(head) else ".bin"
            return Flaw(WRONG_CONTENT, found[0] if found else fallback)
    file.seek(0)
    return _CHECKS[kind.content_type](file)


def _endings(head: bytes) -> list[str]:
    """The file endings whose magic `head` bears, likeliest first."""
    if head[:1024].lstrip().startswith(b"%PDF-"):
        return [".pdf"]
    try:
        found = [match.extension for match in puremagic.magic_string(head) if match.extension]
    except (puremagic.PureError, ValueError):
        return []
    # Of the many endings of programs, the one that people know.
    return sorted(found, key=lambda ending: ending != ".exe")


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):
        return False
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        # The head may end in the middle of a character.
        for cut in range(4):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _csv_flaw(file: BinaryIO) -> Flaw | None:
    head = file.read(HEAD_BYTES)
    if _is_text(head):
        return None
    return Flaw(WRONG_CONTENT, next(iter(_endings(head)), ".bin"))


def _pdf_flaw(file: BinaryIO) -> Flaw | None:
    """A PDF has an end with a cross-reference, and no encryption: staff and archive must open it."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = content[-2048:]
        if b"%%EOF" not in end or b"startxref" not in end:
            return Flaw(BROKEN)
        return Flaw(PASSWORD) if _ENCRYPTED_PDF.search(content) else None


def _png_flaw(file: BinaryIO) -> Flaw | None:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        whole = content[12:16] == b"IHDR" and content.rfind(b"IEND") > 0
    return None if whole else Flaw(BROKEN)


def _jpeg_flaw(file: BinaryIO) -> Flaw | None:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        whole = content.rfind(b"\xff\xd9") > 0
    return None if whole else Flaw(BROKEN)


def _xlsx_flaw(file: BinaryIO) -> Flaw | None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return Flaw(BROKEN)
    names = {member.filename.lower() for member in members}
    if any(member.flag_bits & 1 for member in members):
        return Flaw(PASSWORD)
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        inside = {name.partition("/")[0] for name in names}
        return Flaw(WRONG_CONTENT, ".docx" if "word" in inside else ".pptx" if "ppt" in inside else ".zip")
    if any(name.endswith("vbaproject.bin") for name in names):
        return Flaw(MACROS)
    if len(members) > ZIP_MEMBERS or sum(member.file_size for member in members) > UNPACKED_BYTES:
        return Flaw(BROKEN)
    return None


def _xls_flaw(file: BinaryIO) -> Flaw | None:
    """An old workbook is a compound file with a stream of that name; a locked .xlsx is one too."""

    def has(name: str) -> bool:
        return content.find(name.encode("utf-16-le")) > 0

    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if has("EncryptedPackage"):
            return Flaw(PASSWORD)
        if has("_VBA_PROJECT"):
            return Flaw(MACROS)
        if has("Workbook") or has("Book"):
            return None
        return Flaw(WRONG_CONTENT, ".doc" if has("WordDocument") else ".bin")


_CHECKS: dict[str, Callable[[BinaryIO], Flaw | None]] = {
    PDF: _pdf_flaw,
    JPEG: _jpeg_flaw,
    PNG: _png_flaw,
    XLSX: _xlsx_flaw,
    XLS: _xls_flaw,
    CSV: _csv_flaw,
}
