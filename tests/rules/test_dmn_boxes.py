"""Boxed expressions and decision tables of a model mean what the standard says they mean."""

from __future__ import annotations

import pytest
from dmn_samples import decision, given, item, knowledge, model, text, value

from tongban.rules.feel.errors import Code

# --- boxed expressions -----------------------------------------------------------------------------------


def test_entries_of_a_boxed_context_see_the_earlier_ones_and_the_nameless_one_is_the_result() -> None:
    def entry(logic: str, name: str = "", kind: str = "") -> str:
        typed = f' typeRef="{kind}"' if kind else ""
        variable = f'<variable name="{name}"{typed}/>' if name else ""
        return f"<contextEntry>{variable}{logic}</contextEntry>"

    entries = entry(text("2"), "a") + entry(text('"x"'), "b", "number") + entry(text("a * 2"), "c d")
    assert value(model(decision("d", f"<context>{entries}</context>"))) == {"a": 2, "b": None, "c d": 4}
    assert value(model(decision("d", f"<context>{entries}{entry(text('c d + a'))}</context>"))) == 6


def test_a_boxed_list_and_a_relation_are_lists() -> None:
    assert value(model(decision("d", f"<list>{text('1')}{text('1 + 1')}</list>"))) == [1, 2]
    row = f"<row>{text('1')}{text('2')}</row>"
    relation = f'<relation><column name="a"/><column name="b c"/>{row}{row}</relation>'
    assert value(model(decision("d", relation))) == [{"a": 1, "b c": 2}] * 2


@pytest.mark.parametrize(
    ("condition", "expected"), [("true", "then"), ("false", "else"), ("null", "else"), ('"abc"', None)]
)
def test_a_boxed_conditional_chooses_by_true_and_else(condition: str, expected: object) -> None:
    then, otherwise = text('"then"'), text('"else"')
    parts = f"<if>{text(condition)}</if><then>{then}</then><else>{otherwise}</else>"
    assert value(model(decision("d", f"<conditional>{parts}</conditional>"))) == expected


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ("item.a > 1", [{"a": 2, "b c": "y"}]),
        ("a > 1", [{"a": 2, "b c": "y"}]),
        ('b c = "x"', [{"a": 1, "b c": "x"}]),
        ("-1", {"a": 2, "b c": "y"}),
        ("a > limit", []),
    ],
)
def test_a_boxed_filter_is_feels_filter(match: str, expected: object) -> None:
    columns = '<relation><column name="a"/><column name="b c"/>'
    x, y = text('"x"'), text('"y"')
    source = f"{columns}<row>{text('1')}{x}</row><row>{text('2')}{y}</row></relation>"
    logic = f"<filter><in>{source}</in><match>{text(match)}</match></filter>"
    assert value(model(given("limit") + decision("d", logic, needs="i:limit")), limit=5) == expected


@pytest.mark.parametrize(
    ("kind", "source", "body", "expected"),
    [
        ("for", "[1,2,3]", "x * x", [1, 4, 9]),
        ("for", "1..3", "x", None),
        ("for", "[1..3]", "x", [1, 2, 3]),
        ("for", "[]", "x", []),
        ("for", "7", "x", [7]),
        ("for", "null", "x", None),
        ("for", "[1,2,3]", "count(partial)", [0, 1, 2]),
        ("some", "[1,2]", "x > 1", True),
        ("some", "[1,2]", "x > 2", False),
        ("some", "[]", "true", False),
        ("some", "[1]", '"maybe"', None),
        ("every", "[]", "false", True),
        ("every", "[1,2]", "x > 0", True),
        ("every", "[1,2]", 'if x = 1 then false else "maybe"', None),
        ("some", "[1,2]", 'if x = 2 then true else "maybe"', None),
        ("some", "[1,2]", "if x = 2 then true else null", True),
        ("every", "[1]", '"maybe"', None),
    ],
)
def test_boxed_iterators_loop_as_feel_does(kind: str, source: str, body: str, expected: object) -> None:
    tag = "return" if kind == "for" else "satisfies"
    logic = f'<{kind} iteratorVariable="x"><in>{text(source)}</in><{tag}>{text(body)}</{tag}></{kind}>'
    assert value(model(decision("d", logic))) == expected


def test_an_absent_part_of_a_box_is_null() -> None:
    assert value(model(decision("d", ""))) is None
    assert value(model(decision("d", "<conditional><if/><then/><else/></conditional>"))) is None


# --- functions -------------------------------------------------------------------------------------------


def test_a_knowledge_model_is_a_function_called_in_order_or_by_name() -> None:
    body = knowledge("minus", text("a - b"), a="number", b="number")
    assert value(model(body + decision("d", text("minus(5, 3)"), needs="k:minus"))) == 2
    assert value(model(body + decision("d", text("minus(b: 3, a: 5)"), needs="k:minus"))) == 2


@pytest.mark.parametrize("call", ["f()", "f(1, 2)", "f(b: 1)", 'f("x")', "f(a: 1, b: 2)"])
def test_a_function_with_wrong_arguments_is_not_run(call: str) -> None:
    body = knowledge("f", text('"ran"'), a="number")
    assert value(model(body + decision("d", text(call), needs="k:f"))) is None


def test_an_invocation_binds_by_name() -> None:
    def bind(name: str, feel: str) -> str:
        return f'<binding><parameter name="{name}"/>{text(feel)}</binding>'

    body = knowledge("minus", text("a - b"), a="number", b="number")
    good = f"<invocation>{text('minus')}{bind('b', '3')}{bind('a', '5')}</invocation>"
    assert value(model(body + decision("d", good, needs="k:minus"))) == 2
    wrong = f"<invocation>{text('minus')}{bind('z', '3')}{bind('a', '5')}</invocation>"
    assert value(model(body + decision("d", wrong, needs="k:minus"))) is None
    nobody = f"<invocation>{text('12')}{bind('a', '5')}</invocation>"
    assert value(model(decision("d", nobody))) is None


def test_a_boxed_function_keeps_the_scope_it_was_written_in() -> None:
    function = f'<functionDefinition><formalParameter name="x"/>{text("x + base")}</functionDefinition>'
    entries = "".join(
        f"<contextEntry>{variable}{logic}</contextEntry>"
        for variable, logic in (
            ('<variable name="base"/>', text("10")),
            ('<variable name="f"/>', function),
            ("", text("[f(1), {base: 100, y: f(1)}.y]")),
        )
    )
    assert value(model(decision("d", f"<context>{entries}</context>"))) == [11, 11]


SERVICE = (
    given("a", kind="number")
    + decision("b", text("99"), kind="number")
    + decision("inner", text("a + b"), needs="i:a d:b")
    + decision("out", text("inner * 2"), needs="d:inner")
    + '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#out"/>'
    '<encapsulatedDecision href="#inner"/><inputDecision href="#b"/><inputData href="#a"/></decisionService>'
)


def test_a_service_takes_input_data_first_and_then_input_decisions_and_leaves_the_rest_alone() -> None:
    built = model(SERVICE + decision("d", text("[s(1, 2), b]"), needs="k:s d:b"))
    assert value(built, a=50) == [6, 99]
    assert value(model(SERVICE + decision("d", text("s(b: 2, a: 1)"), needs="k:s"))) == 6
    assert value(model(SERVICE + decision("d", text("s(1)"), needs="k:s"))) is None
    assert built.evaluate_service("s", {"a": 1, "b": 2}).values == {"out": 6}
    assert built.evaluate_service("s", {"a": 1}).values == {"out": None}


def test_a_service_with_several_outputs_is_a_context_of_them() -> None:
    outputs = '<outputDecision href="#p"/><outputDecision href="#q"/>'
    service = f'<decisionService id="s" name="s"><variable name="s"/>{outputs}</decisionService>'
    body = decision("p", text("1")) + decision("q r", text("2")).replace('id="q r"', 'id="q"') + service
    assert value(model(body + decision("d", text("s()"), needs="k:s"))) == {"p": 1, "q r": 2}
    assert value(model(body + decision("d", text("s().q r"), needs="k:s"))) == 2


def test_functions_that_call_each_other_for_ever_end_in_null() -> None:
    loop = "function(f, n) f(f, n + 1)"
    assert value(model(decision("d", text(f"{{f: {loop}, r: f(f, 0)}}.r")))) is None


# --- decision tables -------------------------------------------------------------------------------------


def table(rows: str, head: str = "", attributes: str = 'hitPolicy="UNIQUE"', kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    column = f'<input id="in"><inputExpression{typed}><text>x</text></inputExpression></input>'
    lines = ""
    for number, row in enumerate(rows.splitlines(), 1):
        cell, *outputs = (part.strip().replace("<", "&lt;") for part in row.split("|"))
        outs = "".join(f"<outputEntry id='o{number}'><text>{output}</text></outputEntry>" for output in outputs)
        note = f"<annotationEntry><text>Art. {number}</text></annotationEntry>"
        lines += f"<rule id='r{number}'><inputEntry id='i{number}'><text>{cell}</text></inputEntry>{outs}{note}</rule>"
    outputs_head = head or '<output name="y"/>'
    return f'<decisionTable id="t" {attributes}>{column}{outputs_head}<annotation name="law"/>{lines}</decisionTable>'


def decided(logic: str, x: object) -> object:
    return value(model(given("x") + decision("d", logic, needs="i:x")), x=x)


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ('hitPolicy="UNIQUE"', 1, None),
        ('hitPolicy="FIRST"', 1, 20),
        ('hitPolicy="RULE ORDER"', 1, [20, 30, 10]),
        ('hitPolicy="OUTPUT ORDER"', 1, [30, 20, 10]),
        ('hitPolicy="PRIORITY"', 1, 30),
        ('hitPolicy="COLLECT"', 1, [20, 30, 10]),
        ('hitPolicy="COLLECT" aggregation="SUM"', 1, 60),
        ('hitPolicy="COLLECT" aggregation="MIN"', 1, 10),
        ('hitPolicy="COLLECT" aggregation="MAX"', 1, 30),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 1, 3),
        ('hitPolicy="ANY"', 1, None),
        ('hitPolicy="ANY"', 9, 10),
    ],
)
def test_every_hit_policy_gives_its_outcome(policy: str, x: int, expected: object) -> None:
    head = '<output name="y"><outputValues><text>30, 20, 10</text></outputValues></output>'
    assert decided(table("1|20\n<= 2|30\n-|10", head, policy), x) == expected


def test_priorities_over_several_outputs_weigh_the_first_most() -> None:
    head = """<output name="a"><outputValues><text>"hi","lo"</text></outputValues></output>
      <output name="b"><outputValues><text>1,2</text></outputValues></output>"""
    rows = '-|"lo"|1\n-|"hi"|2\n-|"hi"|1'
    ordered = [{"a": "hi", "b": 1}, {"a": "hi", "b": 2}, {"a": "lo", "b": 1}]
    assert decided(table(rows, head, 'hitPolicy="OUTPUT ORDER"'), 1) == ordered
    assert decided(table(rows, head, 'hitPolicy="PRIORITY"'), 1) == ordered[0]


def test_an_output_without_values_of_its_own_ranks_by_those_of_its_type() -> None:
    kind = item("tY", "number", "<allowedValues><text>3,1,2</text></allowedValues>")
    logic = table("-|1\n-|2\n-|3", '<output name="y" typeRef="tY"/>', 'hitPolicy="OUTPUT ORDER"')
    assert value(model(kind + given("x") + decision("d", logic, needs="i:x")), x=1) == [3, 1, 2]


def test_without_a_matching_row_the_default_outputs_count() -> None:
    head = '<output name="y"><defaultOutputEntry><text>x + 1</text></defaultOutputEntry></output>'
    assert decided(table("1|10", head), 5) == 6
    assert decided(table("1|10"), 5) is None


@pytest.mark.parametrize(
    ("cell", "matches"), [("null", True), ("not(1)", True), ("1", False), ("< 5", False), ("-", True)]
)
def test_in_a_model_null_is_a_value_like_any_other(cell: str, matches: bool) -> None:
    assert decided(table(f"{cell}|10"), None) == (10 if matches else None)


def test_an_input_that_does_not_fit_its_column_counts_as_null() -> None:
    assert decided(table('null|"null"\n-|"any"', attributes='hitPolicy="FIRST"', kind="number"), "text") == "null"


def test_an_input_that_its_column_does_not_allow_counts_as_null_and_says_so() -> None:
    values = "<inputValues><text>[0..9]</text></inputValues>"
    logic = table("null|1").replace("</inputExpression>", f"</inputExpression>{values}")
    assert (decided(logic, 5), decided(logic, 10)) == (None, 1)
    evaluation = model(given("x") + decision("d", logic, needs="i:x")).evaluate(["d"], {"x": 10})
    assert [(cause.code, cause.at.id) for cause in evaluation.causes] == [(Code.NOT_ALLOWED, "in")]


def test_the_trace_names_the_row_its_annotation_and_the_place_of_each_null() -> None:
    logic = table("> 1|1 / 0")
    evaluation = model(given("x") + decision("d", logic, needs="i:x")).evaluate(["d"], {"x": 2})
    assert evaluation.values == {"d": None}
    (step,) = evaluation.as_json()["decisions"]
    (hit,) = step["tables"]
    assert [(row["row"], row["at"]["id"], row["annotations"]) for row in hit["matched"]] == [
        (1, "r1", {"law": "Art. 1"})
    ]
    (cause,) = evaluation.causes
    assert (cause.file, cause.at.element, cause.at.id, cause.code) == (
        "m.dmn",
        "outputEntry",
        "o1",
        Code.DIVISION_BY_ZERO,
    )
    assert "1 / 0"[cause.start : cause.end] == "1 / 0"
    assert cause.zh and cause.en
