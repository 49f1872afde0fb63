"""The text of a QR code in a picture: a photograph or a scan of a certificate on paper.

Decoding a picture is no trust: what was read is checked like any file. Pictures are distrusted too: only common kinds,
none that swells beyond forty million points.
"""

import io

import PIL.Image
import zxingcpp

from tongban.certs.compactcwt import MAGIC
from tongban.certs.faults import Fault, Point
from tongban.certs.strict import Stop

_KINDS = ("PNG", "JPEG", "WEBP")
_POINTS = 40_000_000


def code_in_picture(data: bytes) -> str:
    """The text of the one code for offline checks in a picture.

    Raises `Stop`: no such code to be found; two that differ, since one of them is not what people look at.
    """
    try:
        with PIL.Image.open(io.BytesIO(data), formats=_KINDS) as picture:
            if picture.width * picture.height > _POINTS:
                raise Stop(Point.FORM, Fault.TOO_LARGE)
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError):
        raise Stop(Point.FORM, Fault.NO_CODE) from None
    found = {
        code.text
        for code in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    }
    ours = [text for text in found if text.startswith(MAGIC)]
    if len(ours) > 1:
        raise Stop(Point.FORM, Fault.TWO_CODES)
    if not ours:
        raise Stop(Point.FORM, Fault.NO_CODE)
    return ours[0]
