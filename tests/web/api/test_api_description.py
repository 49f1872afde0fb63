"""The description of the API: complete, linted, and true of what really comes back."""

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from api_world import PDF, LogIn, Program
from jsonschema import Draft202012Validator

from tongban.web.api import HANDLERS, describe
from tongban.web.api.examples import EXAMPLES
from tongban.web.api.operation import PROBLEM

pytestmark = pytest.mark.database

API = describe.document()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in API["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def inside(value: Any) -> Iterator[dict[str, Any]]:
    match value:
        case dict():
            yield value
            for one in value.values():
                yield from inside(one)
        case list():
            for one in value:
                yield from inside(one)
        case _:
            return


def schema_of(method: str, path: str, status: int, kind: str = "application/json") -> dict[str, Any]:
    content = API["paths"][path][method]["responses"][str(status)]["content"]
    return {**content[kind]["schema"], "components": API["components"]}


def check(answer: httpx.Response, method: str, path: str) -> None:
    """The answer is as described."""
    kind = answer.headers["content-type"].partition(";")[0]
    errors = Draft202012Validator(schema_of(method, path, answer.status_code, kind)).iter_errors(answer.json())
    assert not [f"{list(e.absolute_path)}: {e.message}" for e in errors]


def test_every_handler_is_described_once() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids)) == len(HANDLERS)


@pytest.mark.parametrize(
    ("method", "path", "operation"), list(operations()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_an_operation_says_everything_about_itself(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["operationId"].isidentifier()
    assert operation["tags"][0] in describe.TAGS
    for words in (operation["summary"], operation["description"]):
        assert any("一" <= c <= "鿿" or c.isupper() for c in words)
        assert any("a" <= c <= "z" for c in words), "English too"
    failures = {status: r for status, r in operation["responses"].items() if status >= "400"}
    assert {"400", "429", "503"} <= failures.keys()
    for status, response in failures.items():
        assert list(response["content"]) == [PROBLEM], (status, response)
        assert response["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/ProblemDocument"}
    if operation["security"]:
        assert "401" in failures
    if "{" in path:
        assert "404" in failures
    if operation.get("requestBody"):
        assert "415" in failures
    for parameter in operation.get("parameters", ()):
        assert parameter.get("description") or parameter["in"] == "path", parameter["name"]
    assert {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"} == {
        part.strip("{}") for part in path.split("/") if part.startswith("{")
    }


def test_every_reference_resolves_and_every_type_is_used() -> None:
    named = set(API["components"]["schemas"])
    used = {one["$ref"].rpartition("/")[2] for one in inside(API) if "$ref" in one}
    assert used <= named
    assert not named - used - {"Body", "Answer"}, "described, but nothing refers to it"


def test_no_object_is_anonymous() -> None:
    for _, path, operation in operations():
        for one in inside(operation):
            assert "properties" not in one, path
    for name, schema in API["components"]["schemas"].items():
        assert "_" not in name, "a name that two types share"
        for one in inside([part for key, part in schema.items() if key != "examples"]):
            assert "properties" not in one or one is schema["properties"], name


def test_bodies_refuse_unknown_fields_and_say_so() -> None:
    for _, path, operation in operations():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            reference = content["schema"].get("$ref") or content["schema"]["allOf"][0]["$ref"]
            schema = API["components"]["schemas"][reference.rpartition("/")[2]]
            assert schema["additionalProperties"] is False, path
            assert schema["description"], path


def test_every_example_fits_its_own_schema() -> None:
    for kind in EXAMPLES:
        schema = API["components"]["schemas"][kind.__name__]
        validator = Draft202012Validator({**schema, "components": API["components"]})
        assert schema["examples"]
        for example in schema["examples"]:
            validator.validate(example)


def test_the_schemas_are_valid_json_schema() -> None:
    for schema in API["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


async def test_the_document_and_its_page_are_served_without_logging_in(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["openapi"].startswith("3.1")
    page = await http.get("/api/docs", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert all(operation["operationId"] in page.text for _, _, operation in operations())
    assert "https://" not in page.text.replace("https://www.w3.org", ""), "nothing from elsewhere"


async def test_what_is_public_answers_as_described(nobody: Program) -> None:
    check(await nobody.get("/services"), "get", "/api/v1/services")
    check(await nobody.get("/services/residence-permit"), "get", "/api/v1/services/{slug}")
    check(await nobody.get("/services/residence-permit/checklist"), "get", "/api/v1/services/{slug}/checklist")
    check(await nobody.get("/services/residence-permit/cpsv"), "get", "/api/v1/services/{slug}/cpsv")
    facts = {"basis": "none", "home_region": "990201", "lives_region": "990101", "lives_since": "2026-1-1"}
    assessed = await nobody.send("/services/residence-permit/assess", {"facts": facts})
    check(assessed, "post", "/api/v1/services/{slug}/assess")
    explained = await nobody.send("/services/residence-permit/explain", {"facts": facts})
    check(explained, "post", "/api/v1/services/{slug}/explain")
    check(await nobody.get("/regions"), "get", "/api/v1/regions")
    check(await nobody.get("/keys"), "get", "/api/v1/keys")
    check(await nobody.send("/verify", {"certificate": "x"}), "post", "/api/v1/verify")
    check(await nobody.get("/services/nothing"), "get", "/api/v1/services/{slug}")
    check(await nobody.get("/cases"), "get", "/api/v1/cases")


async def test_what_a_person_reads_and_does_answers_as_described(xiaoman: Program, official: LogIn) -> None:
    content = {"region": "990101", "answers": {"basis": "employment"}}
    check(await xiaoman("PUT", "/drafts/residence-permit", json=content), "put", "/api/v1/drafts/{service}")
    check(await xiaoman.get("/drafts"), "get", "/api/v1/drafts")
    check(await xiaoman.get("/drafts/residence-permit"), "get", "/api/v1/drafts/{service}")
    filed = await xiaoman("POST", "/documents", files={"file": ("合同.pdf", PDF)})
    check(filed, "post", "/api/v1/documents")
    body = xiaoman.application() | {"look_up": True, "agreed": True}
    sent = await xiaoman.send("/cases", body)
    check(sent, "post", "/api/v1/cases")
    case = sent.json()["case"]
    check(await xiaoman.get("/cases"), "get", "/api/v1/cases")
    check(await xiaoman.get(f"/cases/{case}"), "get", "/api/v1/cases/{case}")
    check(await xiaoman.get(f"/cases/{case}/acts"), "get", "/api/v1/cases/{case}/acts")
    check(await xiaoman.get(f"/cases/{case}/explanation"), "get", "/api/v1/cases/{case}/explanation")
    check(await xiaoman.get(f"/cases/{case}/export"), "get", "/api/v1/cases/{case}/export")
    check(await xiaoman.get("/inbox"), "get", "/api/v1/inbox")
    looked = await xiaoman.get("/accesses")
    assert looked.json()["items"], "what was looked up for the application is listed"
    check(looked, "get", "/api/v1/accesses")
    check(await xiaoman.get("/certificates"), "get", "/api/v1/certificates")
    clerk = await official("police", "examiner")
    check(await clerk.get("/queue"), "get", "/api/v1/queue")
    check(await clerk.get("/queue?view=tasks"), "get", "/api/v1/queue")
    check(await clerk.get(f"/cases/{case}"), "get", "/api/v1/cases/{case}")
    wrong = await xiaoman.send(f"/cases/{case}/acts/nothing", {"says": {}}, headers={"if-match": '"1"'})
    check(wrong, "post", "/api/v1/cases/{case}/acts/{act}")


def test_the_document_is_plain_json() -> None:
    assert msgspec.json.decode(describe.encoded()) == API
