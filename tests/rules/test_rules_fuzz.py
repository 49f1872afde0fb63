"""Whatever text or file somebody sends: an answer or one of our own errors, soon and in bounded memory."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from dmn_samples import decision, document, given, item, text
from hypothesis import given as property_of
from hypothesis import settings
from hypothesis import strategies as st

from tongban.rules import RuleSyntaxError, compile_cell, compile_expression
from tongban.rules.dmn.errors import ModelErrors
from tongban.rules.dmn.execute import Model
from tongban.rules.feel.dialect import STANDARD
from tongban.rules.feel.text import feel_text

NAMES = ("x", "a b", "list of things", "-")


def words(text: str) -> list[str]:
    return text.split()


PIECES = words("""
    1 0 -1 0.5 1e400 1e-400 99999999999999999999999999999999999999 .5 "a" "" "\\u00e9" "\\uD83D" @"2026-01-31" @"P1Y"
    @"PT1H" @"10:00:00@Asia/Shanghai" @"x" true false null x ? item partial + - * / ** = != < <= > >= .. . , : ( ) [ ]
    { } [1..5] (1..5] ]1..5[ (<5) (>=5) if then else for in return some every satisfies and or not( between instance of
    number string list<number> function<number>->string context<a:number> function external java date( duration( sum(
    count( sort( substring( matches( replace( split( string( number( decimal( range( context( get value( concatenate(
    flatten( distinct values( years and months duration( now() today() is( list contains( string join( union( // /* */
    @ ;
""")
feel = st.lists(st.sampled_from([*PIECES, *NAMES]), max_size=14).map(" ".join) | st.text(max_size=40)
values = st.sampled_from([None, True, 0, 1, -5, "a", "", [1, 2, 3], [], {"a": 1, "x": [None]}])


def evaluated(source: str, facts: dict[str, object]) -> None:
    """Compiles and runs; only a refusal with a position inside the text may come of it."""
    try:
        expression = compile_expression(source, NAMES, STANDARD)
    except RuleSyntaxError as error:
        assert 0 <= error.position <= len(source) and error.zh and error.en
        return
    value, causes = expression.explain(facts)
    feel_text(value)
    assert all(cause.zh and cause.en for cause in causes)


@settings(max_examples=300, deadline=None)
@property_of(feel, st.dictionaries(st.sampled_from(NAMES), values))
def test_any_text_as_an_expression_is_a_value_or_a_refusal(source: str, facts: dict[str, object]) -> None:
    evaluated(source, facts)


@settings(max_examples=300, deadline=None)
@property_of(feel, values)
def test_any_text_as_a_cell_is_a_verdict_or_a_refusal(source: str, value: object) -> None:
    try:
        cell = compile_cell(source, NAMES, STANDARD)
    except RuleSyntaxError as error:
        assert 0 <= error.position <= len(source)
        return
    assert cell.test(value, {"x": 1}) in (True, False, None)


@settings(max_examples=60, deadline=None)
@property_of(
    st.sampled_from(["(", "[", "{a:", "-", "not(", "if x then ", "f(", "x[", "[[", "x.", "for i in "]),
    st.integers(1, 3000),
)
def test_no_nesting_however_deep_breaks_the_reader(opening: str, depth: int) -> None:
    evaluated(opening * depth, {})
    evaluated(opening * depth + "1" + ")]}"[len(opening) % 3] * depth, {})


BOMBS = (
    "for a in 1..9999, b in 1..9999, c in 1..9999 return a",
    "for a in 1..99999999 return [partial, partial]",
    "{a: [1,1,1,1,1,1,1,1], b: [a,a,a,a,a,a,a,a], c: [b,b,b,b,b,b,b,b], d: [c,c,c,c,c,c,c,c], e: [d,d,d,d,d,d,d,d]}",
    "{f: function(g, n) g(g, n + 1), r: f(f, 0)}",
    "{f: function(g) [g(g), g(g)], r: f(f)}",
    '{s: "aaaaaaaaaaaaaaaa", f: function(t, n) if n = 0 then t else f(t + t, n - 1), r: f(s, 60)}',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|aa)+$", "b")',
    "10 ** 10 ** 10 ** 10",
    "[1..5000000000][item > 4999999999]",
    "sort([3,1,2], function(a, b) for i in 1..100000 return i)",
    'string join(for i in 1..100000 return "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbb")',
    "decimal(1/3, 999999999)",
    'date("999999999-12-31") + duration("P999999999Y")',
)


def test_expressions_made_to_run_for_ever_or_grow_without_end_are_null_soon() -> None:
    for bomb in BOMBS:
        evaluated(bomb, {})


# --- models ----------------------------------------------------------------------------------------------

SEED = document(
    item("t", "number", "<allowedValues><text>[0..9]</text></allowedValues>")
    + given("x", kind="t")
    + decision("d", text("x + 1"), needs="i:x")
    + decision(
        "e",
        '<decisionTable hitPolicy="COLLECT" aggregation="SUM"><input><inputExpression><text>d</text></inputExpression>'
        '</input><output name="y"/><rule><inputEntry><text>&gt; 1</text></inputEntry><outputEntry><text>2</text>'
        "</outputEntry></rule></decisionTable>",
        needs="d:d",
    )
)
FRAGMENTS = [
    *(
        piece.encode()
        for piece in words("""
        <decision> </decision> <decisionTable> <context> <list/> <relation><row/></relation> <filter/> <invocation/>
        <conditional/> <for/> <functionDefinition/> <rule/> <input/> <output/> href="#d" href="#e" typeRef="t"
        typeRef="u" hitPolicy="ANY" hitPolicy="?" &amp; &x; <!---> <![CDATA[x]]> <?p?> id="d" name=""
    """)
    ),
    b"<!DOCTYPE a>",
    b"\xff",
    b" ",
    b"\n",
]


@st.composite
def mutated(draw: st.DrawFn, seed: bytes = SEED) -> bytes:
    """A model with pieces cut, moved, doubled, or put in the wrong place."""
    data = seed
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from([b"", data[start:end] * 2, *FRAGMENTS]))
        data = data[:start] + piece + data[end:]
    return data


def loaded(data: bytes) -> None:
    """Reads, links and runs a model; only our own errors, each with its place, may come of it."""
    try:
        model = Model.load(data, "m.dmn")
    except ModelErrors as errors:
        assert all(fault.file == "m.dmn" and fault.zh and fault.en for fault in errors.faults)
        return
    assert all(fault.zh and fault.en and fault.at.line >= 0 for fault in model.faults)
    evaluation = model.evaluate(model.decisions, {"x": 3})
    evaluation.as_json()
    for service in model.services:
        model.evaluate_service(service, {})


@settings(max_examples=150, deadline=None)
@property_of(mutated() | st.binary(max_size=200))
def test_any_file_is_a_model_or_a_list_of_faults(data: bytes) -> None:
    loaded(data)


@settings(max_examples=60, deadline=None)
@property_of(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=24))
def test_any_graph_of_requirements_is_evaluated_or_its_cycles_named(edges: Sequence[tuple[int, int]]) -> None:
    needs = {n: [f"d:d{b}" for a, b in edges if a == n] for n in range(8)}
    body = "".join(decision(f"d{n}", text("1"), needs=" ".join(dict.fromkeys(refs))) for n, refs in needs.items())
    model = Model.load(document(body))
    values = model.evaluate(model.decisions, {}).values
    reach = {n: {b for a, b in edges if a == n} for n in range(8)}
    for _ in range(8):
        for n in range(8):
            reach[n] |= {far for near in tuple(reach[n]) for far in reach[near]}
    assert {name for name, value in values.items() if value is None} == {f"d{n}" for n in range(8) if n in reach[n]}
    assert bool(model.faults) == any(n in reach[n] for n in range(8))


def test_a_file_with_very_many_or_very_long_parts_is_read_or_refused() -> None:
    with contextlib.suppress(ModelErrors):
        Model.load(document("<a>" * 400_000 + "</a>" * 400_000))
    with contextlib.suppress(ModelErrors):
        Model.load(document("<a/>" * 400_000))
    loaded(document(decision("d", text("1 + " * 20_000 + "1"))))
    loaded(document(f'<itemDefinition name="{"n" * 100_000}"/>'))
