"""What we use of `rapidocr`, an optional extra: types stay checked where it is not installed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

class Read:
    """What was read: for each line its four corners, its text and how sure; None where nothing was."""

    boxes: Sequence[NDArray[np.float32]] | None
    txts: Sequence[str] | None
    scores: Sequence[float] | None

class RapidOCR:
    def __init__(self, *, params: Mapping[str, Any]) -> None: ...
    def __call__(self, pixels: NDArray[np.uint8]) -> Read: ...
