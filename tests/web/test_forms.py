"""What can arrive with a request, and where a person may be sent afterwards."""

import pytest

from tongban.web import csrf
from tongban.web.visitor import cookies, local, preferred, read

SECRET = b"s" * 32


def scope(path: str = "/", query: str = "", **headers: str):
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "query_string": query.encode(), "headers": lines, "client": ("10.0.0.1", 1)}


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "/a\nb", "/a\\b", "\t//x"],
)
def test_nobody_is_sent_to_another_site(address: str):
    assert local(address) == "/"


def test_a_local_address_is_kept():
    assert local("/apply/residence-permit/phone?from=check") == "/apply/residence-permit/phone?from=check"


def test_a_token_is_good_for_its_own_session_only():
    token = csrf.token(SECRET, "session-a")
    csrf.check(SECRET, "session-a", token)
    with pytest.raises(Exception, match="too old"):
        csrf.check(SECRET, "session-b", token)


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 200, "A" * 86 + "=="])
def test_a_forged_token_is_refused(token: str):
    with pytest.raises(Exception, match="too old"):
        csrf.check(SECRET, "session-a", token)


def test_a_token_looks_different_on_every_page():
    assert csrf.token(SECRET, "a") != csrf.token(SECRET, "a")


@pytest.mark.parametrize(
    ("accept", "lang"),
    [("", "zh"), ("en-GB,en;q=0.9", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("fr", "zh"), ("en;q=x", "zh"),
     ("zh;q=0.1, en;q=0.2", "en")],
)  # fmt: skip
def test_the_browser_s_first_language_of_ours_is_spoken(accept: str, lang: str):
    assert preferred(accept) == lang


def test_what_the_reader_chose_wins_over_the_browser_and_a_link_wins_over_both():
    chosen = read(scope(cookie="lang=en; visit=v", accept_language="zh"))
    assert chosen.lang == "en" and not chosen.changed
    linked = read(scope(query="lang=zh&mode=elder&size=24", cookie="lang=en; visit=v"))
    assert (linked.lang, linked.elder, linked.preferences.size) == ("zh", True, "24")
    assert linked.changed == {"lang": "zh", "mode": "elder", "size": "24"}


def test_a_preference_we_do_not_have_is_ignored():
    visitor = read(scope(query="lang=xx&mode=evil&size=999", cookie="lang=<b>; visit=v"))
    assert visitor.lang == "zh" and not visitor.elder and not visitor.changed


def test_a_switch_keeps_the_rest_of_the_address():
    assert read(scope("/search", "q=a%26b&lang=zh")).here(lang="en") == "/search?q=a%26b&lang=en"


def test_on_https_a_cookie_that_a_neighbouring_site_could_have_set_is_not_ours():
    assert cookies("session=planted; __Host-session=ours; session=planted", secure=True) == {"session": "ours"}
    assert read(scope(cookie="session=planted; visit=planted"), secure=True).session == ""


def test_a_malformed_cookie_header_counts_as_none():
    assert cookies("a=b; [;=;;=\x00") == {} or "a" in cookies("a=b")
