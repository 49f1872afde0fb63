"""Uploads, distrusted: the kind is read from the content, never from the name. `kept` says how they lie on disk."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final, cast

import filetype
from PIL import Image, UnidentifiedImageError

from tongban.base.errors import Refused, refuse
from tongban.cases.model import Attachment

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 80_000_000
"""A photo of 80 megapixels is more than any phone makes; more is a bomb."""
_MAX_NAME = 120
_MAX_ENTRIES = 2_000

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OFD = "application/ofd"

_EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    JPEG: ("jpg", "jpeg", "jfif"),
    PNG: ("png",),
    WEBP: ("webp",),
    DOCX: ("docx",),
    OFD: ("ofd",),
}
_KINDS = "PDF、JPEG、PNG、WebP、DOCX、OFD"


def examine(name: str, data: bytes, *, region: str, owner: str) -> Attachment:
    """What an upload is. The same bytes of the same owner give the same id, so sending twice is harmless.

    Raises Refused: `file-empty` (422), `file-too-large` (413), `file-kind` (a kind we do not take), `file-not-as-named`
    (415: the content is not what the name says), `file-damaged` (422), `image-too-large` (413).
    """
    if not data:
        raise refuse(
            "file-empty", "这个文件是空的，请重新选择。", "The file is empty; please choose it again.", place=name
        )
    if len(data) > MAX_BYTES:
        raise refuse(
            "file-too-large",
            f"文件有{len(data) / 1024 / 1024:.1f}MB，最多10MB。拍照时选小一点的尺寸，或分成几个文件。",
            f"The file has {len(data) / 1024 / 1024:.1f} MB; at most 10 MB. Choose a smaller photo or split it.",
            place=name,
            status=413,
        )
    clean = file_name(name)
    kind = _kind(data)
    if kind is None:
        raise refuse(
            "file-kind",
            f"这种文件不收；可以交{_KINDS}。",
            f"This kind of file is not accepted; send {_KINDS.replace('、', ', ')}.",
            place=clean,
            status=415,
        )
    extension = clean.rpartition(".")[2].lower() if "." in clean else ""
    if extension not in _EXTENSIONS[kind]:
        raise refuse(
            "file-not-as-named",
            f"文件名是“{clean}”，内容却是{_EXTENSIONS[kind][0].upper()}。请用原来的文件，不要改扩展名。",
            f"The file is called “{clean}” but its content is {_EXTENSIONS[kind][0].upper()}. Send the original file.",
            place=clean,
            status=415,
        )
    if kind in (JPEG, PNG, WEBP):
        _check_image(clean, data)
    sha256 = hashlib.sha256(data).hexdigest()
    return Attachment(document_id(region, owner, sha256), clean, kind, len(data), sha256)


def document_id(region: str, owner: str, sha256: str) -> str:
    """The id of an upload: the same bytes of the same owner are the same document."""
    mine = hashlib.sha256(f"{owner}\n{sha256}".encode()).hexdigest()[:32]
    return f"{region}-{mine}"


def file_name(name: str) -> str:
    """A name that is safe to show and to offer for saving: no path, no control characters, not too long."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C").strip(" .")
    plain = re.sub(r'[<>:"|?*]', "_", plain) or "file"
    stem, dot, extension = plain.rpartition(".")
    if not dot or len(extension) > 8:
        return plain[:_MAX_NAME]
    return f"{stem[: _MAX_NAME - len(extension) - 1]}.{extension}"


def ids_in(said: object) -> list[str]:
    """Every upload id in what a field of files says: one, a list, or lists by material."""
    match said:
        case str():
            return [said]
        case list() | tuple():
            return [one for one in cast("Sequence[object]", said) if isinstance(one, str)]
        case dict():
            return [one for many in cast("dict[str, object]", said).values() for one in ids_in(many)]
        case _:
            return []


def attach(said: object, known: Mapping[str, Attachment]) -> object:
    """The same with the files themselves; what names no file is left for the field's check to refuse."""
    if isinstance(said, dict):
        return {name: attach(many, known) for name, many in cast("dict[str, object]", said).items()}
    return [known[one] for one in ids_in(said)]


def _kind(data: bytes) -> str | None:
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return PDF
    if data[:4] == b"PK\x03\x04":
        return _zip_kind(data)
    mime = cast("str | None", filetype.guess_mime(data[:8192]))
    return mime if mime in (JPEG, PNG, WEBP) else None


def _zip_kind(data: bytes) -> str | None:
    """DOCX and OFD (GB/T 33190) are both zip archives; which one is said by a file every one of them has."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if len(names) > _MAX_ENTRIES:
        return None
    if "OFD.xml" in names:
        return OFD
    macros = any(name.endswith("vbaProject.bin") for name in names)
    return DOCX if "word/document.xml" in names and "[Content_Types].xml" in names and not macros else None


def _check_image(name: str, data: bytes) -> None:
    """The header is read and the structure checked; no pixel is decoded before its number is known."""
    try:
        # Pillow's own limit is higher than ours; its warning below that changes nothing (filters are not per thread).
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise _bomb(name)
            image.verify()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _bomb(name) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise refuse(
            "file-damaged",
            "图片打不开，可能没有传完整，请重新拍一张。",
            "The picture cannot be opened; it may be incomplete. Please take it again.",
            place=name,
        ) from None


def _bomb(name: str) -> Refused:
    return refuse(
        "image-too-large",
        "图片的尺寸太大，请缩小后再传。",
        "The picture has too many pixels; please make it smaller.",
        place=name,
        status=413,
    )
