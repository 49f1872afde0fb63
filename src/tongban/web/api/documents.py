"""Uploads: one file at a time, distrusted, kept by content."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import QueryParameter

from tongban.base.errors import refuse
from tongban.cases.documents import MAX_BYTES
from tongban.cases.model import Attachment
from tongban.web import forms
from tongban.web.api.caller import Asking
from tongban.web.api.operation import operation
from tongban.web.api.parameters import Path
from tongban.web.api.uploading import Uploading
from tongban.web.html import saved_file
from tongban.web.limits import Limited

TAG = "documents"
AROUND = 64 * 1024
"""What a multipart body adds to one file."""

OfCase = Annotated[
    str | None, QueryParameter(max_length=40, description="办件号，看办件里的文件时用 the case it was filed with")
]


@post(
    "/documents",
    operation_class=Uploading,
    request_max_body_size=MAX_BYTES + AROUND,
    **operation("addDocument", "上传文件", "Upload a file", TAG, 413, 415, 422),
)
async def upload(request: Request[Any, Any, Any], caller: Asking) -> Attachment:
    """以 multipart/form-data 的 file 字段上传一个文件；类型看内容，不看名字。同一个文件传两次是同一个编号。

    One file as the field `file` of multipart/form-data. Its kind is read from its content; sending it twice gives the
    same id.
    """
    actor = caller.actor
    await caller.site.limits.spend(Limited.UPLOAD, caller.visitor.who)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise refuse(
            "wrong-content-type",
            "请用 multipart/form-data 上传，字段名 file",
            "Send multipart/form-data with the field `file`",
            place="Content-Type",
            status=415,
        )
    file = (await forms.read(request)).file("file")
    if file is None:
        raise refuse("no-file", "没有收到文件（字段名 file）", "There is no file (field `file`)", place="file")
    return await caller.site.cases.add_document(actor, file.filename, await file.read())


@get(
    "/documents/{document:str}",
    media_type="application/octet-stream",
    **operation("getDocument", "取文件", "Download a file", TAG, 404),
)
async def download(caller: Asking, document: Path, case: OfCase = None) -> Response[bytes]:
    """自己上传的文件；给出 case 时是办件里的文件。

    A file of one's own, or one filed with a case one may see.
    """
    file, data = await caller.site.cases.document(caller.actor, document, case=case)
    return saved_file(data, file.name, file.type)


ROUTES = [upload, download]
