"""A model as a file: plain arrays and a JSON header in one NumPy archive, never a pickle, so that reading runs nothing.

The file's SHA-256 is its name in the register (`model.weights`): another file is another model. The same requests make
the same file, byte for byte, with the same library on the same machine.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tongban.assist.routing.calibrate import Scale
from tongban.assist.routing.features import Space
from tongban.assist.routing.grams import BLOCKS, Block, Words
from tongban.assist.routing.model import Model
from tongban.base.errors import Refused, refuse
from tongban.base.unopened import why_not_opened

KIND = "tongban-routing-1"
LARGEST = 1 << 30
"""Bytes that all arrays of a file may take together: what is larger is not one of ours."""
_UNSOUND = (
    ValueError,
    LookupError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
    msgspec.MsgspecError,
)
"""What reading an archive raises that is damaged or none."""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a reader sees first. `arrays` are the SHA-256 of each array's bytes, by name."""

    kind: str
    classes: tuple[str, ...]
    rows: int
    sure: float | None
    data: str
    """SHA-256 of the requests that it learned from."""
    arrays: dict[str, str]


def digest(data: bytes) -> str:
    """As the register writes it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def packed(model: Model, data: str = "") -> bytes:
    """The file of a model. `data` is the digest of what it learned from."""
    arrays = _arrays(model)
    header = Header(
        kind=KIND,
        classes=model.classes,
        rows=model.rows,
        sure=model.sure,
        data=data,
        arrays={name: digest(array.tobytes()) for name, array in sorted(arrays.items())},
    )
    buffer = io.BytesIO()
    written: dict[str, Any] = {"header": _bytes(msgspec.json.encode(header)), **arrays}
    np.savez_compressed(buffer, **written)
    return buffer.getvalue()


def save(path: Path, model: Model, data: str = "") -> str:
    """Write the file whole or not at all; its digest."""
    made = packed(model, data)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(made)
    draft.replace(path)
    return digest(made)


def load(path: Path, expected: str = "") -> tuple[Model, Header]:
    """Read a model. Raises Refused: `no-model`, `not-the-model` where its digest is not `expected`, `bad-model`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        why = why_not_opened(error)
        raise refuse(
            "no-model",
            f"读不到模型文件 {path.name}（{why.zh}）。先用 tongban route train 训练一个",
            f"The model {path.name} cannot be read ({why.en}). Make one with tongban route train",
            place=str(path),
        ) from None
    if expected and digest(data) != expected:
        raise refuse(
            "not-the-model",
            "模型文件和登记的摘要不一致，不使用。请用登记的模型，或者重新评测、登记这一个",
            "The model is not the one in the register and is not used. Use that one, or measure and register this one",
            place=str(path),
        )
    try:
        return _unpacked(data)
    except Refused:
        raise
    except _UNSOUND as error:
        raise _damaged(path.name) from error


def _unpacked(data: bytes) -> tuple[Model, Header]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST:
            raise _damaged("too large")
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        arrays: dict[str, NDArray[Any]] = {name: archive[name] for name in archive.files}
    header = msgspec.json.decode(arrays.pop("header").tobytes(), type=Header)
    if header.kind != KIND or header.arrays != {name: digest(array.tobytes()) for name, array in arrays.items()}:
        raise _damaged("header")
    text = arrays["words"].tobytes().decode()
    blocks: list[Block] = [block for block in BLOCKS if f"keys.{block}" in arrays]
    model = Model(
        classes=header.classes,
        space=Space(
            words=Words(text.split("\n") if text else ()),
            keys={block: _of(arrays[f"keys.{block}"], np.int64, 1) for block in blocks},
            weights={block: _of(arrays[f"weights.{block}"], np.float32, 1) for block in blocks},
        ),
        weights=_of(arrays["separators"], np.float32, 2),
        bias=_of(arrays["offsets"], np.float32, 1),
        scale=Scale(_of(arrays["scale.matrix"], np.float64, 2), _of(arrays["scale.offset"], np.float64, 1)),
        sure=header.sure,
        rows=header.rows,
    )
    n = len(model.classes)
    fits = (
        n > 1
        and model.weights.shape == (model.space.size, n)
        and model.bias.shape == model.scale.offset.shape == (n,)
        and model.scale.matrix.shape == (n, n)
        and all(len(model.space.keys[b]) == len(model.space.weights[b]) for b in blocks)
        and all(bool(np.all(np.diff(keys) > 0)) for keys in model.space.keys.values())
        and all(map(_finite, (model.weights, model.bias, model.scale.matrix, model.scale.offset)))
    )
    if not fits:
        raise _damaged("shape")
    return model, header


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    space = model.space
    return {
        "words": _bytes("\n".join(space.words.known).encode()),
        "separators": model.weights,
        "offsets": model.bias,
        "scale.matrix": model.scale.matrix,
        "scale.offset": model.scale.offset,
        **{f"keys.{block}": keys for block, keys in space.keys.items()},
        **{f"weights.{block}": weights for block, weights in space.weights.items()},
    }


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8)


def _of(array: NDArray[Any], kind: type[Any], dimensions: int) -> NDArray[Any]:
    if array.dtype != kind or array.ndim != dimensions:
        raise ValueError("not an array of ours")
    return array


def _finite(array: NDArray[Any]) -> bool:
    return bool(np.isfinite(array).all())


def _damaged(place: str) -> Refused:
    return refuse(
        "bad-model",
        "这不是一个完好的分办模型文件。请用 tongban route train 重新训练",
        "This is no sound routing model. Make it anew with tongban route train",
        place=place,
    )
