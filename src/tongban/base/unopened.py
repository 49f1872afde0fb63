"""Why a file could not be opened or written and what to do, in both languages: the system itself says it in one."""

import errno

from tongban.base.i18n import Text

_OTHERWISE = Text("打不开：{said}", "cannot be opened: {said}")
_WHY = {
    errno.ENOENT: Text(
        "没有这个文件或者文件夹，请检查名称和路径",
        "there is no such file or folder; check its name and path",
    ),
    errno.EISDIR: Text("这是文件夹，请给出文件", "this is a folder; name a file"),
    errno.ENOTDIR: Text("这不是文件夹，请给出文件夹", "this is not a folder; name a folder"),
    errno.EACCES: Text(
        "没有读写权限，请换一个有权限的账号，或者改文件权限",
        "reading or writing is not allowed; use an account that may, or change the file's permissions",
    ),
    errno.EEXIST: Text("已经有了，请换一个名称", "it exists already; choose another name"),
    errno.ENOSPC: Text("磁盘满了，请腾出空间后再试", "the disk is full; make room and try again"),
    errno.EROFS: Text("磁盘只能读，请换一个位置", "the disk is read-only; choose another place"),
}


def why_not_opened(error: OSError) -> Text:
    """The reason and what to do, without the name: whoever says it puts that in front."""
    known = _WHY.get(error.errno or 0)
    return known or _OTHERWISE.format(said=error.strerror or str(error))
