"""The process that reads, and the hand that feeds it.

A parser that falls over, loops or eats memory takes nobody along: files are read in a child that holds no database, no
key and no settings, may write no file, and is killed when it takes too long. It loads the reader of pictures once, and
ends when nothing came for a while, so that an idle installation is small.

Between the two: four bytes of length, then JSON; after a question the bytes of the file.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import BinaryIO, Final

import msgspec

from tongban.assist.precheck.model import Reading, Unread
from tongban.base.parent import end_with_parent

SECONDS: Final = 60.0
"""How long one file may take; a person looks at what takes longer."""
IDLE_SECONDS: Final = 90.0 if find_spec("rapidocr") else 15.0
"""Loading takes seconds where pictures are read, and half of one where they are not."""
_MEMORY: Final = 6 * 1024**3
"""Address space of the child: the reader of pictures maps much and uses half a gigabyte."""
_FILES_A_CHILD: Final = 200
_ANSWER_BYTES: Final = 16 * 1024 * 1024


class _Question(msgspec.Struct, frozen=True):
    media_type: str
    size: int


class Reader:
    """Reads one file after the other in a child of this process. `rest` is called now and then, `close` at the end."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._read = 0
        self._last = 0.0

    async def read(self, data: bytes, media_type: str) -> Reading:
        """The file as read. Never raises for what is in it: a child that fell over says `damaged`."""
        async with self._lock:
            self._last = asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(self._seconds):
                    return await self._ask(data, media_type)
            except TimeoutError:
                await self._end()
                return Reading(pages=0, unread=Unread.TOO_SLOW)
            except (OSError, EOFError, msgspec.DecodeError):
                await self._end()
                return Reading(pages=0, unread=Unread.DAMAGED)
            except BaseException:
                await self._end()  # half an answer may lie in the pipe
                raise

    async def _ask(self, data: bytes, media_type: str) -> Reading:
        child = await self._started()
        assert child.stdin is not None and child.stdout is not None  # noqa: S101 -- both are pipes
        head = msgspec.json.encode(_Question(media_type, len(data)))
        child.stdin.write(len(head).to_bytes(4, "big") + head + data)
        await child.stdin.drain()
        length = int.from_bytes(await child.stdout.readexactly(4), "big")
        if length > _ANSWER_BYTES:
            raise EOFError("an answer of that length is none")
        return msgspec.json.decode(await child.stdout.readexactly(length), type=Reading)

    async def _started(self) -> asyncio.subprocess.Process:
        if self._child is not None and (self._child.returncode is not None or self._read >= _FILES_A_CHILD):
            await self._end()
        if self._child is None:
            self._read = 0
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                str(os.getpid()),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        self._read += 1
        return self._child

    async def rest(self) -> None:
        """End the child if nothing came for a while."""
        idle = asyncio.get_running_loop().time() - self._last > IDLE_SECONDS
        if self._child is not None and idle and not self._lock.locked():
            async with self._lock:
                await self._end()

    async def close(self) -> None:
        """End the child."""
        async with self._lock:
            await self._end()

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _environment() -> dict[str, str]:
    """What Python needs to find itself, and nothing that anybody would want to read."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "HOME") if name in os.environ}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "2"}


def main() -> None:
    """The child: answers until its input ends."""
    if len(sys.argv) > 1:
        end_with_parent(int(sys.argv[1]), signal.SIGKILL)
    os.nice(10)  # people who wait for a page come first
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not get into the answers
    while question := _heard(sys.stdin.buffer):
        media_type, data = question
        answer = msgspec.json.encode(_read(data, media_type))
        answers.write(len(answer).to_bytes(4, "big") + answer)
        answers.flush()


def _heard(asked: BinaryIO) -> tuple[str, bytes] | None:
    length = asked.read(4)
    if len(length) < 4:
        return None
    question = msgspec.json.decode(asked.read(int.from_bytes(length, "big")), type=_Question)
    return question.media_type, asked.read(question.size)


def _read(data: bytes, media_type: str) -> Reading:
    # Here and not above: who feeds the child must not load what it loads.
    from tongban.assist.precheck.reading import read

    try:
        return read(data, media_type)
    except Exception:  # whatever a parser does, the next file must be read
        return Reading(pages=0, unread=Unread.DAMAGED)


if __name__ == "__main__":
    main()
