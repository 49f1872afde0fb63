"""Before applying, a person sees what differs between two places, and is told when nothing does."""

from tests.web.citizen import Person

COMPARE = "/services/small-food-shop/compare"
JSON = "/api/v1/services/small-food-shop/compare"


async def test_the_two_places_stand_side_by_side_and_the_better_one_is_named(anyone: Person) -> None:
    await anyone.get(f"{COMPARE}?from=990101&to=990201")
    for said in (
        "清源区和南浦区有",
        "3个工作日",
        "1个工作日",
        "冷藏设备和操作间照片",
        "不用交",
        "60平方米",
        "对您更好",
    ):
        assert said in anyone.text
    await anyone.get(f"{COMPARE}?from=990101&to=990201&lang=en")


async def test_where_nothing_differs_the_page_says_so(anyone: Person) -> None:
    await anyone.get(f"{COMPARE}?from=990101&to=990221")
    assert "在清源区办和在竹溪县办没有差别" in anyone.text
    await anyone.get("/services/residence-permit/compare?from=990101&to=990201")
    assert "各地都照同一个办法办" in anyone.text


async def test_without_two_places_they_can_be_chosen(anyone: Person) -> None:
    page = await anyone.get(f"{COMPARE}?to=990201")
    assert page.status_code == 200
    assert "比哪两个地方" in anyone.text
    assert 'value="990201" selected' in anyone.text


async def test_the_guide_and_the_start_page_lead_there_only_where_a_place_has_its_own_way(xiaoman: Person) -> None:
    for address, leads in (
        ("/services/small-food-shop", True),
        ("/services/small-food-shop/start", True),
        ("/services/residence-permit", False),
        ("/services/residence-permit/start", False),
    ):
        await xiaoman.get(address)
        assert (f"{COMPARE}?to=990201" in xiaoman.text) is leads, address


REFUSED = [
    (f"{JSON}?from=990101&to=999999", 404, "unknown-region"),
    (f"{JSON}?from=x&to=990101", 404, "unknown-region"),
    (f"{JSON}?from=990101", 400, "wrong-parameter"),
    (f"{JSON}?from=9901010&to=990101", 400, "wrong-parameter"),
    ("/api/v1/services/nothing/compare?from=990101&to=990201", 404, "unknown-service"),
    ("/api/v1/services/newborn/compare?from=990101&to=990201", 422, "compare-parts"),
    (f"{COMPARE}?from=990101&to=999999", 404, None),
    (f"{COMPARE}?from=9901010&to=990101", 400, None),
]


async def test_what_cannot_be_compared_is_refused_with_a_stable_code(anyone: Person) -> None:
    for address, status, code in REFUSED:
        answer = await anyone.client.get(address)
        assert answer.status_code == status, address
        assert code is None or answer.json()["code"] == code, answer.text


async def test_a_program_reads_the_same(anyone: Person) -> None:
    answer = await anyone.client.get(f"{JSON}?from=990101&to=990201")
    found = answer.json()
    assert (found["here"]["version"], found["there"]["version"], found["same"]) == ("1", "1.1", False)
    assert {"terms", "materials", "rules"} <= {one["topic"] for one in found["differences"]}
    same = (await anyone.client.get(f"{JSON}?from=990101&to=990101")).json()
    assert (same["same"], same["differences"]) == (True, [])


async def test_who_applies_in_the_district_is_asked_by_its_own_file(xiaoman: Person) -> None:
    """What was shown before applying is what happens: no photo of the cold storage is asked for there."""
    asked: dict[str, bool] = {}
    for region in ("990101", "990201"):
        await xiaoman.get("/services/small-food-shop/start")
        await xiaoman.post("/services/small-food-shop/start", {"region": region, "lookups": "no"})
        await xiaoman.get("/apply/small-food-shop/records/found")
        await xiaoman.post("/apply/small-food-shop/q/by_promise", {"by_promise": "false"})
        await xiaoman.get("/apply/small-food-shop/materials")
        asked[region] = "冷藏设备和操作间照片" in xiaoman.text
    assert asked == {"990101": True, "990201": False}


async def test_the_rules_are_tried_as_the_chosen_place_has_them(anyone: Person) -> None:
    """55 m² are too much by the general rules and few enough in 南浦区, whose own file holds there."""
    preview = "/services/small-food-shop/preview"
    await anyone.get(preview)
    assert "在哪个区县办" in anyone.text
    await anyone.post(preview, {"at.region": ""})
    assert anyone.page.status_code == 422
    for region, place, said in (
        ("990101", "岚江省岚江市清源区", "超过五十平方米的"),
        ("990201", "岚江省云澜市南浦区", "符合条件"),
    ):
        await anyone.get(preview)
        await anyone.post(preview, {"at.region": region})
        given = {"at.region": region}
        for _ in range(3):
            name = anyone.hidden("question")
            if not name:
                break
            answer = {"area": "55", "cold_food": "false", "by_promise": "false"}[name]
            await anyone.post(preview, {**given, "question": name, name: answer})
            given[f"given.{name}"] = answer
        assert said in anyone.text and f"照{place}的办法" in anyone.text
