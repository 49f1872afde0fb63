"""What a client sends: the bodies of requests. Unknown fields are refused, sizes are bounded."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tongban.web.portal.application import Upload

SERVICE = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"

Slug = Annotated[str, Meta(pattern=SERVICE, max_length=60, description="事项名 slug of a service")]
Region = Annotated[str, Meta(pattern=r"^[0-9]{6}$", description="行政区划代码 region code, GB/T 2260")]
Words = Annotated[str, Meta(max_length=5_000)]
Short = Annotated[str, Meta(max_length=100)]
Answer = Words | int | float | bool | Annotated[list[Short | int], Meta(max_length=20)] | None
"""A fact as a person would give it: a text, a number, yes or no, or the three boxes of a date."""
Facts = Annotated[
    dict[str, Answer],
    Meta(max_length=200, description="填写的内容，按事项的 facts 命名 answers, named as in the guide"),
]
Filed = Annotated[
    dict[str, Annotated[list[Short], Meta(max_length=20)]],
    Meta(max_length=100, description="材料：上传文件的编号 upload ids under the material they are for"),
]
Said = Annotated[
    dict[str, Any],
    Meta(max_length=100, description="这个动作要说的内容，见 possible what the act says; see its fields"),
]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Common to every body."""


class AssessmentRequest(Body, frozen=True, kw_only=True):
    """想知道符不符合条件 Facts to be judged. Nothing of it is kept."""

    facts: Facts = {}


class DraftContent(Body, frozen=True, kw_only=True):
    """填到一半的申请 What has been filled in so far, as it was typed; it is not checked."""

    region: Annotated[str, Meta(max_length=6)] = ""
    answers: Annotated[dict[str, Words | Annotated[list[Short], Meta(max_length=20)]], Meta(max_length=200)] = {}
    documents: Annotated[dict[str, Annotated[tuple[Upload, ...], Meta(max_length=20)]], Meta(max_length=100)] = {}


class Party(Body, frozen=True, kw_only=True):
    """申请人 Whom an official applies for at the counter."""

    id: Annotated[str, Meta(min_length=1, max_length=80)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    number: Annotated[str, Meta(max_length=18)] = ""


class WebView(Body, frozen=True, kw_only=True):
    """打开哪一页 Which page of this site a program wants to open."""

    page: Annotated[str, Meta(min_length=1, max_length=300, pattern="^/")]


class LookUpRequest(Body, frozen=True, kw_only=True):
    """调取记录 What the state may be asked for, for one application. `told`: the person was told beforehand what is
    looked up (`GET /services/{slug}/look-ups`); `agreed` are the places, of those that need it, to which they said
    yes. `facts` are answers that are there already: only what applies with them is looked up."""

    service: Slug
    region: Region
    facts: Facts = {}
    told: bool = False
    agreed: Annotated[list[Annotated[str, Meta(max_length=150)]], Meta(max_length=100)] = []


class Submission(Body, frozen=True, kw_only=True):
    """提交申请 An application. `preview` is what `POST /look-ups` gave and the person has seen, `wrong` what of it is
    not right: that is not used, and its source is asked to correct it. `look_up` with `agreed` does both in one call,
    without a preview, for somebody who was told what is looked up and agreed to all of it. Each look is listed under
    `/accesses`. `applicant` is for officials only.

    An official who names nobody asks in the name of their body, where a body can ask: `data-sharing-request`,
    `record-correction`, `directory-entry` (with `entry`), `directory-element` (with `element`). `region` counts for
    nothing then: the directory says who answers."""

    service: Slug
    region: Region
    facts: Facts = {}
    documents: Filed = {}
    preview: Annotated[str, Meta(max_length=200_000)] = ""
    wrong: Annotated[list[Short], Meta(max_length=100)] = []
    look_up: bool = False
    agreed: bool = False
    says: Said = {}
    applicant: Party | None = None
    entry: Annotated[
        dict[str, Any] | None,
        Meta(
            description="要更新的目录，只用于 directory-entry the entry as it should read; as in /open/data/<id>.json"
        ),
    ] = None
    element: Annotated[
        dict[str, Any] | None,
        Meta(
            description="要改的数据元，只用于 directory-element: its `name`, the `element` as it should read (as in"
            " /open/data/elements.json) and the `assessment` before it is proposed"
        ),
    ] = None
    people_only: Annotated[
        bool, Meta(description="只由人来办：规则不自动办 people only: the rules do nothing by themselves")
    ] = False


class PeopleOnly(Body, frozen=True, kw_only=True):
    """只由人来办 The choice for everything of the reader's."""

    people_only: bool


class ActRequest(Body, frozen=True, kw_only=True):
    """办理动作 What an act says."""

    says: Said = {}


class AccessQuestion(Body, frozen=True, kw_only=True):
    """问一问 A question about one opening of one's data: to be told who and why, or to have it looked into."""

    wants: Literal["explain", "put-right"] = "explain"
    wish: Annotated[str, Meta(max_length=2000)] = ""


class UploadForm(Body, frozen=True, kw_only=True):
    """上传一个文件 One file: PDF, JPEG, PNG, WebP, DOCX or OFD, at most 10 MB."""

    file: Annotated[str, Meta(extra_json_schema={"format": "binary"})]


class Presented(Body, frozen=True, kw_only=True):
    """要验的证照 A certificate to check: its JSON or JWS as text, or its PDF in base64."""

    certificate: Annotated[str, Meta(max_length=200_000)] = ""
    pdf: Annotated[bytes, Meta(max_length=5_000_000)] = b""


class LogIn(Body, frozen=True, kw_only=True):
    """演示登录 Log-in by choosing a person of the demonstration, in a post of theirs or under a mandate."""

    person: Annotated[str, Meta(min_length=1, max_length=80)]
    post: Annotated[str, Meta(max_length=80)] = ""
    mandate: Annotated[str, Meta(max_length=80)] = ""
