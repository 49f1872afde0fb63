"""How the description of an upload is written: a body that is read part by part has no type of its own."""

from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody

from tongban.web.api.asked import UploadForm


@dataclass
class Uploading(Operation):
    """An operation that takes `UploadForm` as multipart/form-data."""

    def __post_init__(self) -> None:
        form = Reference(ref=f"#/components/schemas/{UploadForm.__name__}")
        self.request_body = RequestBody(
            content={"multipart/form-data": OpenAPIMediaType(schema=form)},
            required=True,
            description="一个文件 One file",
        )
