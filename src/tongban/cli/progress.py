"""A line on the terminal that says how far long work is; silent where nobody watches."""

import sys
from types import TracebackType

WIDTH = 30


class Bar:
    """Called with the share that is done, from 0 to 1; ends its line when the work ends."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._watched = sys.stderr.isatty()

    def __enter__(self) -> "Bar":
        self(0.0)
        return self

    def __call__(self, share: float) -> None:
        if self._watched:
            full = round(WIDTH * min(max(share, 0.0), 1.0))
            print(f"\r{self._title} [{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%}", end="", file=sys.stderr)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._watched:
            print(file=sys.stderr)
