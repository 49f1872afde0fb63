"""Exchange by files, for bodies without a line between them: signed questions in, signed answers out, many in one file.

A file is a compact JWS. The rights, the memory of message ids and the log are those of x1, one line a question. A file
holds what is asked and answered in clear: the folders and what carries them are as confidential as the records. This
is the asking side; `files_answering` is the side of the data.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from tongban.base.clock import Clock, utc
from tongban.base.errors import refuse
from tongban.base.jws import compact, opened
from tongban.base.keys import KeyRing, PublicKey, Use
from tongban.sharing.channel.client import not_genuine
from tongban.sharing.channel.model import Answer, Member, Sent, Test
from tongban.sharing.channel.refusals import WireProblem, read_document
from tongban.sharing.channel.registry import Registered, Registry

QUESTIONS: Final = "gov-x1-questions+jws"
ANSWERS: Final = "gov-x1-answers+jws"
VALID: Final = timedelta(days=1)
"""How long a file of questions may travel; as long as a message id is remembered."""
BATCH: Final = 1000
BYTES: Final = 4_000_000

Word = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:~-]{0,79}$")]


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question of a file: what x1 says in path, headers and body."""

    message_id: UUID
    key: Word
    grant: Word
    purpose: Word
    law: Annotated[str, Meta(min_length=1, max_length=300)]
    case: Word
    user: Word
    resource: str
    record: str
    subject: str
    fields: tuple[str, ...] = ()
    tests: tuple[Test, ...] = ()


class QuestionsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed. `client` asks `provider`; both are codes of members."""

    client: str
    provider: str
    created: datetime
    questions: Annotated[tuple[Question, ...], Meta(min_length=1, max_length=BATCH)]


class Answered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one question, or why there is none."""

    message_id: UUID
    answer: Answer | None = None
    problem: WireProblem | None = None


class AnswersFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed. `questions` is the SHA-256 of the file answered (hexadecimal); `problem` refuses it whole."""

    provider: str
    client: str
    created: datetime
    questions: str
    answers: tuple[Answered, ...] = ()
    problem: WireProblem | None = None


class FilesChannel:
    """`Channel` by files, in a folder of its own (mode 0700): `waiting/` for what is asked, `out/` and `in/` the files.

    A question waits until `pack` writes what has gathered into one file a member; its answer is given to whoever asks
    again with the same message id after a file of answers has come in.
    """

    def __init__(self, client: str, ring: KeyRing, registry: Registered, folder: Path, clock: Clock) -> None:
        self._client, self._ring, self._registry, self._clock = client, ring, registry, clock
        self.folder = folder
        self._waiting, self._out, self._in = (folder / name for name in ("waiting", "out", "in"))
        for path in (self._waiting, self._out, self._in):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def ask(self, member: Member, sent: Sent) -> Answer:
        """The answer, if it has come; otherwise the question is put with the next file.

        Raises `Refused`: `answer-awaited` (503), the other side's code, `answer-not-genuine`.
        """
        waiting = self._waiting / f"{sent.message_id}.json"
        answered = waiting.with_suffix(".answered")
        if answered.is_file():
            data = answered.read_bytes()
            answered.unlink()  # the record is now with whoever asked, and nowhere else
            return _taken(member, data)
        if not waiting.is_file() and not waiting.with_suffix(".packed").is_file():
            put(waiting, msgspec.json.encode(_Waiting(provider=member.code, question=_question(sent))).decode())
        raise refuse(
            "answer-awaited",
            f"已向{member.name.zh}提交批量查询，结果到了会自动补上。",
            f"{member.name.en} is asked by file; the answer is filled in when it has come.",
            place=member.code,
            status=503,
        )

    def pack(self) -> list[Path]:
        """Write what waits into one signed file a member, and say which files; to be carried to them."""
        by_member: dict[str, list[Path]] = {}
        for path in sorted(self._waiting.glob("*.json")):
            by_member.setdefault(msgspec.json.decode(path.read_bytes(), type=_Waiting).provider, []).append(path)
        written: list[Path] = []
        now = self._clock()
        for provider, paths in by_member.items():
            for start in range(0, len(paths), BATCH):
                batch = paths[start : start + BATCH]
                questions = tuple(msgspec.json.decode(path.read_bytes(), type=_Waiting).question for path in batch)
                file = QuestionsFile(client=self._client, provider=provider, created=utc(now), questions=questions)
                token = compact(self._ring, self._ring.signer(Use.EXCHANGE, now), QUESTIONS, msgspec.json.encode(file))
                digest = hashlib.sha256(token.encode()).hexdigest()
                target = self._out / f"{provider.rpartition('/')[2]}-{digest[:16]}.jws"
                put(target, token)
                for path in batch:
                    put(path.with_suffix(".packed"), f"{provider} {digest}")
                    path.unlink()
                written.append(target)
        return written

    def unpack(self) -> int:
        """Take the files of answers that lie in `in/`; the number of answers. A file that is not genuine is left there.

        Raises `Refused` (`registry-expired`).
        """
        registry, taken = self._registry.current(), 0
        for path in sorted(self._in.glob("*.jws")):
            reply = self._genuine(registry, path)
            if reply is None:
                path.replace(path.with_suffix(".refused"))
                continue
            for answered in self._each(reply):
                packed = self._waiting / f"{answered.message_id}.packed"
                # Only what we asked this very member in this very file.
                if packed.is_file() and packed.read_text() == f"{reply.provider} {reply.questions}":
                    put(packed.with_suffix(".answered"), msgspec.json.encode(answered).decode())
                    packed.unlink()
                    taken += 1
            path.unlink()
        return taken

    def _each(self, reply: AnswersFile) -> Iterable[Answered]:
        """The answers; of a file that was refused whole, the same refusal for each question."""
        if reply.problem is None:
            return reply.answers
        asked = (path for path in self._waiting.glob("*.packed") if path.read_text().endswith(reply.questions))
        return [Answered(message_id=UUID(path.stem), problem=reply.problem) for path in asked]

    def _genuine(self, registry: Registry, path: Path) -> AnswersFile | None:
        signers: list[str] = []

        def any_key(key_id: str) -> PublicKey | None:
            found = [(one.code, key) for one in registry.members() if (key := registry.key(one.code, key_id))]
            signers.extend(code for code, _ in found)
            return found[0][1] if found else None

        try:
            if path.stat().st_size > BYTES:
                return None
            token = path.read_text(encoding="ascii").strip()
            reply = msgspec.json.decode(opened(token, ANSWERS, any_key, self._clock()), type=AnswersFile)
        except ValueError:  # also what is not ASCII, and msgspec's errors
            return None
        return reply if reply.provider in signers and reply.client in {"", self._client} else None


class _Waiting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    provider: str
    question: Question


def _taken(member: Member, data: bytes) -> Answer:
    answered = msgspec.json.decode(data, type=Answered)
    if answered.answer is not None:
        digest = hashlib.sha256(msgspec.json.encode(answered.answer)).hexdigest()
        return msgspec.structs.replace(answered.answer, digest=digest)
    if answered.problem is None:
        raise not_genuine(member)
    raise read_document(msgspec.json.encode(answered.problem))


def _question(sent: Sent) -> Question:
    service, _, law = sent.purpose.partition(";")
    query = sent.query
    return Question(
        message_id=sent.message_id,
        key=sent.key,
        grant=sent.grant,
        purpose=service.strip(),
        law=law.strip(),
        case=sent.case,
        user=sent.user,
        resource=query.resource,
        record=query.record,
        subject=query.subject,
        fields=query.fields,
        tests=query.tests,
    )


def put(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    draft = path.with_suffix(path.suffix + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    draft.replace(path)
