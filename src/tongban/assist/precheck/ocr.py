"""Reading pictures with RapidOCR (PP-OCR, models inside the wheel): the extra `ocr`. Loaded when first used.

A page is read as it is, and where there is red ink once more through its red channel, in which stamps fade. Whatever a
stamp touches stays marked as stamped whichever reading is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from PIL import Image

from tongban.assist.model import Box
from tongban.assist.precheck.model import Line, Sheet
from tongban.assist.precheck.pictures import Pixels, red_channel, red_places

MODEL: Final = "RapidOCR PP-OCRv6"
INSTALL: Final = "pip install 'tongban[ocr]'"
_THREADS: Final = 2
_MAX_LINES: Final = 600


def weights() -> str:
    """SHA-256 over the files of the models that are installed, in the order of their names; empty without the extra."""
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        return ""
    digest = hashlib.sha256()
    for path in sorted(Path(spec.submodule_search_locations[0]).glob("models/*.onnx")):
        digest.update(path.read_bytes())
    return f"sha256:{digest.hexdigest()}"


def available() -> bool:
    """Whether the extra is installed. Nothing is imported."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@cache
def _engine() -> Any:
    # A second and half a gigabyte: only in the process that reads, and once.
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS})


def read_picture(picture: Image.Image, number: int) -> Sheet:
    """The lines of a picture; `number` is the page, from 0."""
    pixels: Pixels = np.asarray(picture)
    red = red_places(pixels)
    lines = tuple(_lines(pixels, number))
    if red:
        lines = _better(lines, tuple(_lines(red_channel(pixels), number)))
    return Sheet(lines=lines, source="picture", red=red)


def _lines(pixels: Pixels, number: int) -> Iterator[Line]:
    rows, columns = pixels.shape[:2]
    read = _engine()(np.ascontiguousarray(pixels[:, :, ::-1]))
    if read.boxes is None or read.txts is None:
        return
    found = zip(read.boxes, read.txts, read.scores, strict=True)
    for corners, text, score in list(found)[:_MAX_LINES]:
        points = cast("list[list[float]]", np.asarray(corners, dtype=float).tolist())
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
        yield Line(
            text=str(text),
            page=number,
            box=Box(
                _share(min(ax, dx), columns),
                _share(min(ay, by), rows),
                _share(max(bx, cx), columns),
                _share(max(cy, dy), rows),
            ),
            start=_share((ay + dy) / 2, rows),
            end=_share((by + cy) / 2, rows),
            height=_share((dy - ay + cy - by) / 2, rows),
            em=_share((dy - ay + cy - by) / 2, columns),
            confidence=float(score),
        )


def _share(value: float, whole: int) -> float:
    return min(max(value / whole, 0.0), 1.0)


def _better(whole: Sequence[Line], faded: Sequence[Line]) -> tuple[Line, ...]:
    """Of two readings of each line the surer one; lines that only one reading has are kept."""
    kept = list(whole)
    for line in faded:
        twins = [n for n, other in enumerate(kept) if _overlap(line.box, other.box) > 0.5]
        if not twins:
            kept.append(line)
        elif len(twins) == 1 and line.confidence > kept[twins[0]].confidence:
            kept[twins[0]] = line
    return tuple(kept)


def _overlap(one: Box, two: Box) -> float:
    wide = min(one.right, two.right) - max(one.left, two.left)
    tall = min(one.bottom, two.bottom) - max(one.top, two.top)
    if wide <= 0 or tall <= 0:
        return 0.0
    smaller = min((one.right - one.left) * (one.bottom - one.top), (two.right - two.left) * (two.bottom - two.top))
    return wide * tall / max(smaller, 1e-9)
