"""Files that only the installation's account can read: keys, secrets, what is sealed of people."""

import os
import secrets
from pathlib import Path

from tongban.base.errors import refuse


def make_folder(folder: Path) -> None:
    """The folder, for this account only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def write(path: Path, data: bytes) -> None:
    """Write a file of mode 0600, whole and on disk, or not at all; it takes the place of one that is there."""
    _draft(path, data).replace(path)


def write_once(path: Path, data: bytes) -> bool:
    """The same unless it is there: of two that try at once, one does."""
    draft = _draft(path, data)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def read(path: Path) -> bytes:
    """The bytes of a key file that nobody else may read. Raises `Refused` (`key-readable-by-others`)."""
    if path.stat().st_mode & 0o077:
        raise refuse(
            "key-readable-by-others",
            f"密钥文件 {path.name} 可被其他账户读取。请执行 chmod 600，并更换这把密钥。",
            f"Other accounts can read the key file {path.name}. Run chmod 600 on it and rotate the key.",
            place=str(path),
            status=500,
        )
    return path.read_bytes()


def _draft(path: Path, data: bytes) -> Path:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return draft
