"""Files without what they say of whoever made them: properties, authors, places, attachments. The content stays.

What stands in the text of a document, or in a picture, is not touched: that is for whoever writes it.
"""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any, cast

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from storage.errors import CannotMask
from storage.kinds import CSV, JPEG, PDF, PNG, XLSX

# The segments of a JPEG that say how it is drawn: JFIF, and Adobe's on colours.
_DRAWN_BY = {0xE0, 0xEE}
_SAYS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_PROPERTIES = {
    "docProps/core.xml": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}  # fmt: skip
_SAID = tuple(
    (re.compile(pattern, re.DOTALL), becomes)
    for pattern, becomes in (
        (rb"<author>[^<]*</author>", b"<author></author>"),
        (rb"<(?:\w+:)?absPath\b[^>]*/>", b""),
        (rb"<fileSharing\b[^>]*/>", b""),
        (rb'\b(displayName|userId|userName|lastEditedBy)="[^"]*"', rb'\1=""'),
    )
)


def masked(content: bytes, content_type: str) -> bytes:
    """The same document without what it says of whoever made it.

    Raises:
        CannotMask: of this kind nobody can be sure, or this one cannot be read.
    """
    mask = _MASKS.get(content_type)
    if mask is None:
        raise CannotMask
    try:
        return mask(content)
    except (PyPdfError, zipfile.BadZipFile, ValueError, KeyError, IndexError, RecursionError) as error:
        raise CannotMask from error


def _pdf(content: bytes) -> bytes:
    """Without document information, XMP, private data of programs, attachments, and authors of notes."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    for held in list(writer._objects):
        _forget(held)
    catalogue = writer._root_object
    for name in ("/AF", "/Collection", "/PieceInfo", "/Metadata"):
        catalogue.pop(NameObject(name), None)
    names = catalogue.get("/Names")
    if isinstance(names := _itself(names), DictionaryObject):
        names.pop(NameObject("/EmbeddedFiles"), None)
    # Copied once more, nothing comes along that nothing refers to any longer.
    return _written(PdfWriter(clone_from=PdfReader(io.BytesIO(_written(writer)))))


def _written(writer: PdfWriter) -> bytes:
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _forget(held: Any) -> None:
    if not isinstance(held, DictionaryObject):
        return
    for name in ("/Metadata", "/PieceInfo", "/LastModified"):
        held.pop(NameObject(name), None)
    for note in map(_itself, _itself(held.get("/Annots")) or ()):
        if isinstance(note, DictionaryObject) and note.get("/Subtype") != "/Widget":
            for name in ("/T", "/NM", "/M", "/CreationDate"):
                note.pop(NameObject(name), None)
    if isinstance(held.get("/Annots"), (ArrayObject, IndirectObject)):
        kept = [one for one in _itself(held["/Annots"]) if _subtype(one) != "/FileAttachment"]
        held[NameObject("/Annots")] = ArrayObject(kept)


def _subtype(note: Any) -> str:
    note = _itself(note)
    return str(note.get("/Subtype", "")) if isinstance(note, DictionaryObject) else ""


def _itself(held: Any) -> Any:
    return held.get_object() if isinstance(held, IndirectObject) else held


def _jpeg(content: bytes) -> bytes:
    """Without EXIF, XMP, IPTC and comments; a photograph that was turned by EXIF alone lies as it was taken."""
    if content[:2] != b"\xff\xd8":
        raise CannotMask
    kept, at = [content[:2]], 2
    while content[at] == 0xFF and content[at + 1] != 0xDA:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        says = (0xE0 <= marker <= 0xEF and marker not in _DRAWN_BY) or marker == 0xFE
        if not says:
            kept.append(content[at : at + 2 + length])
        at += 2 + length
    if content[at : at + 2] != b"\xff\xda":
        raise CannotMask
    # What follows the picture's end is another file's.
    return b"".join((*kept, content[at : content.rindex(b"\xff\xd9") + 2]))


def _png(content: bytes) -> bytes:
    """Without text, EXIF and time."""
    kept, at = [content[:8]], 8
    while at < len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if kind not in _SAYS:
            kept.append(content[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            return b"".join(kept)
    raise CannotMask


def _xlsx(content: bytes) -> bytes:
    """Without properties, authors of comments, and where it was last saved."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for member in given.infolist():
            data = _PROPERTIES.get(member.filename) or given.read(member)
            if member.filename.startswith("xl/") and member.filename.endswith(".xml"):
                for pattern, becomes in _SAID:
                    data = pattern.sub(becomes, data)
            made.writestr(zipfile.ZipInfo(member.filename), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_MASKS = cast(
    "dict[str, Callable[[bytes], bytes]]",
    {PDF: _pdf, JPEG: _jpeg, PNG: _png, XLSX: _xlsx, CSV: bytes},
)
