"""Decision tables: each hit policy, what a decision says about itself, and what a faulty table is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

import pytest

from tongban.rules import (
    Code,
    Decision,
    HitPolicy,
    Input,
    Literal,
    Output,
    Reason,
    Row,
    RuleValueError,
    Status,
    Table,
    TableErrors,
    explain,
)
from tongban.rules.tables.hit import RESOLVERS

NAMES = ("away_from_home", "months_here", "basis")
RESIDENCE_INPUTS = (
    Input("away_from_home", "离开户籍地", "boolean"),
    Input("months_here", "居住月数", "number"),
    Input("basis", "居住事由", "string", ("employment", "dwelling", "study")),
)
RESIDENCE_ROWS = (
    Row([True, ">= 6", '"employment","dwelling","study"'], [Literal("eligible")], "L6"),
    Row([True, "< 6", "-"], [Literal({"not-yet": "住满6个月后可以申请"})], "L6"),
    Row([False, "-", "-"], [Literal({"no": "在户籍地居住不需要居住证"})], "L2"),
)


def residence() -> Table:
    return Table.build("residence", RESIDENCE_INPUTS, [Output("outcome")], RESIDENCE_ROWS, names=NAMES)


def table(
    hit: HitPolicy, rows: Sequence[tuple[object, str]], values: Sequence[object] = (), default: str | None = None
) -> Table:
    """A table of one number and one output."""
    return Table.build(
        "t",
        [Input("x", "数", "number")],
        [Output("out", values=values, default=default)],
        [Row([cell], [output], f"L{i}") for i, (cell, output) in enumerate(rows, 1)],
        hit,
        ["x"],
    )


# --- hit policies ----------------------------------------------------------------------------------------


def test_unique_gives_the_outcome_of_the_only_row() -> None:
    decision = residence().decide({"away_from_home": True, "months_here": 8, "basis": "study"})
    assert decision.status is Status.DECIDED
    assert decision.outputs == {"outcome": "eligible"}
    assert decision.outcome == "eligible"
    assert decision.matched == (1,)
    assert decision.laws == ("L6",)


def test_unique_reports_two_matching_rows_as_a_conflict_and_decides_nothing() -> None:
    decision = table(HitPolicy.UNIQUE, [("> 1", '"a"'), ("> 2", '"b"'), ("< 0", '"c"')]).decide({"x": 3})
    assert decision.status is Status.CONFLICT
    assert decision.outputs is None
    assert decision.matched == (1, 2)


def test_any_accepts_several_rows_that_say_the_same() -> None:
    decision = table(HitPolicy.ANY, [("> 1", '"a"'), ("> 2", '"a"')]).decide({"x": 3})
    assert (decision.status, decision.outcome, decision.matched) == (Status.DECIDED, "a", (1, 2))


def test_any_reports_rows_that_differ_as_a_conflict() -> None:
    decision = table(HitPolicy.ANY, [("> 1", '"a"'), ("> 2", '"b"')]).decide({"x": 3})
    assert (decision.status, decision.outputs, decision.matched) == (Status.CONFLICT, None, (1, 2))


def test_first_takes_the_first_row_and_says_that_the_others_were_outranked() -> None:
    decision = table(HitPolicy.FIRST, [("> 2", '"exception"'), ("> 1", '"rule"')]).decide({"x": 3})
    assert (decision.outcome, decision.matched, decision.hits) == ("exception", (1,), (1, 2))
    assert [(miss.row, miss.reason) for miss in decision.why_not()] == [(2, Reason.OUTRANKED)]


def test_priority_takes_the_output_that_stands_first_among_the_allowed_values() -> None:
    rows = [("> 1", '"Approved"'), ("> 2", '"Declined"'), ("> 3", '"Declined"')]
    decision = table(HitPolicy.PRIORITY, rows, ("Declined", "Approved")).decide({"x": 4})
    assert (decision.outcome, decision.matched) == ("Declined", (2,))


def test_priority_also_ranks_outputs_that_are_formulas() -> None:
    decision = table(HitPolicy.PRIORITY, [("> 1", "x - 2"), ("> 2", "x - 3")], (1, 2, 3)).decide({"x": 4})
    assert (decision.outcome, decision.matched) == (1, (2,))


@pytest.mark.parametrize(
    ("hit", "outcome", "matched"),
    [
        (HitPolicy.COLLECT, [Decimal(10), Decimal(30), Decimal(20)], (1, 2, 3)),
        (HitPolicy.RULE_ORDER, [Decimal(10), Decimal(30), Decimal(20)], (1, 2, 3)),
        (HitPolicy.OUTPUT_ORDER, [Decimal(30), Decimal(20), Decimal(10)], (2, 3, 1)),
        (HitPolicy.SUM, Decimal(60), (1, 2, 3)),
        (HitPolicy.MIN, Decimal(10), (1, 2, 3)),
        (HitPolicy.MAX, Decimal(30), (1, 2, 3)),
        (HitPolicy.COUNT, Decimal(3), (1, 2, 3)),
    ],
)
def test_collecting_policies_take_all_rows(hit: HitPolicy, outcome: object, matched: tuple[int, ...]) -> None:
    rows = [("> 1", "10"), ("> 2", "30"), ("> 3", "20"), ("> 9", "30")]
    decision = table(hit, rows, (30, 20, 10)).decide({"x": 4})
    assert (decision.status, decision.outcome, decision.matched) == (Status.DECIDED, outcome, matched)


@pytest.mark.parametrize(
    ("hit", "outputs"),
    [
        (HitPolicy.UNIQUE, None),
        (HitPolicy.COLLECT, []),
        (HitPolicy.COUNT, {"out": Decimal(0)}),
        (HitPolicy.SUM, None),
    ],
)
def test_no_matching_row_is_a_gap_not_a_refusal(hit: HitPolicy, outputs: object) -> None:
    decision = table(hit, [("> 5", "1")]).decide({"x": 1})
    assert (decision.status, decision.outputs, decision.matched) == (Status.NO_ROW, outputs, ())


def test_default_output_applies_where_no_row_can() -> None:
    decision = table(HitPolicy.UNIQUE, [("> 5", '"a"')], default='"none"').decide({"x": 1})
    assert (decision.status, decision.outcome) == (Status.DEFAULT, "none")


def test_default_output_never_stands_in_for_a_missing_fact() -> None:
    decision = table(HitPolicy.UNIQUE, [("> 5", '"a"')], default='"none"').decide({})
    assert decision.status is Status.MISSING_FACT
    assert not decision.settled


def test_sum_over_what_is_no_number_has_a_cause_and_no_value() -> None:
    decision = table(HitPolicy.SUM, [("> 1", "10"), ("> 2", '"x"')]).decide({"x": 3})
    assert decision.outcome is None
    assert decision.causes[0].code is Code.TYPE_MISMATCH


def test_every_hit_policy_has_its_resolver_and_its_dmn_letter() -> None:
    assert set(RESOLVERS) == set(HitPolicy)
    letters = ["U", "A", "P", "F", "C", "C+", "C<", "C>", "C#", "O", "R"]
    assert {HitPolicy(letter) for letter in letters} == set(HitPolicy)
    assert HitPolicy("RULE ORDER") is HitPolicy.RULE_ORDER
    with pytest.raises(ValueError):
        HitPolicy("best")


def test_several_outputs_come_by_name_and_may_be_formulas() -> None:
    built = Table.build(
        "loan",
        [Input("income * 12", "年收入", "number")],
        [Output("level", "string"), Output("amount", "number")],
        [Row(["<= 1000"], ['"low"', "income * 2"]), Row(["> 1000"], ['"high"', "0"])],
        names=["income"],
    )
    assert built.decide({"income": 50}).outputs == {"level": "low", "amount": Decimal(100)}
    assert built.names == ("income",)


def test_cells_may_compare_with_other_facts() -> None:
    built = Table.build(
        "own",
        [Input("income", type="number"), Input("kind")],
        [Output("out")],
        [Row(["<= limit", "-"], ["1"]), Row(["> limit", 'if strict then "a" else "b"'], ["2"])],
        names=["income", "limit", "kind", "strict"],
    )
    assert built.decide({"income": 5, "limit": 4, "kind": "a", "strict": True}).outcome == 2
    assert built.decide({"income": 5, "kind": "a"}).status is Status.MISSING_FACT


# --- what a decision says about itself -------------------------------------------------------------------


def test_each_row_that_does_not_count_names_its_first_failing_cell() -> None:
    decision = residence().decide({"away_from_home": True, "months_here": 8, "basis": "study"})
    assert [(m.row, m.reason, m.input, m.cell, m.value, m.law) for m in decision.why_not()] == [
        (2, Reason.FALSE, "居住月数", "< 6", Decimal(8), "L6"),
        (3, Reason.FALSE, "离开户籍地", "false", True, "L2"),
    ]


def test_row_is_refused_by_a_known_fact_before_an_unknown_one() -> None:
    decision = residence().decide({"away_from_home": None, "months_here": 3, "basis": "study"})
    assert [(m.row, m.reason, m.input) for m in decision.why_not()] == [
        (1, Reason.FALSE, "居住月数"),
        (2, Reason.UNKNOWN, "离开户籍地"),
        (3, Reason.UNKNOWN, "离开户籍地"),
    ]


def test_unknown_fact_is_no_refusal_but_names_the_rows_that_wait_for_it() -> None:
    decision = residence().decide({"away_from_home": True, "basis": "study"})
    assert decision.status is Status.MISSING_FACT
    assert decision.unknown == decision.missing == ("居住月数",)
    assert decision.could_match == (1, 2)
    assert not decision.settled


def test_unknown_fact_that_no_open_row_needs_is_not_asked_for() -> None:
    decision = residence().decide({"away_from_home": True, "months_here": 3})
    assert decision.status is Status.DECIDED
    assert decision.unknown == ("居住事由",)
    assert decision.missing == ()
    assert decision.settled


def test_first_is_not_settled_while_an_earlier_exception_is_unknown() -> None:
    built = Table.build(
        "first",
        [Input("a"), Input("b")],
        [Output("out")],
        [Row(["true", "-"], ['"exception"']), Row(["-", "true"], ['"rule"']), Row(["true", "false"], ['"z"'])],
        HitPolicy.FIRST,
        ["a", "b"],
    )
    assert not built.decide({"b": True}).settled
    assert built.decide({"a": False, "b": True}).settled


def test_fact_of_the_wrong_type_counts_as_unknown_and_says_why() -> None:
    decision = residence().decide({"away_from_home": True, "months_here": "8", "basis": "study"})
    assert decision.status is Status.MISSING_FACT
    assert decision.causes[0].code is Code.WRONG_TYPE
    assert "居住月数" in decision.causes[0].zh


def test_compact_record_brings_the_whole_decision_back() -> None:
    built = residence()
    decision = built.decide({"away_from_home": True, "months_here": Decimal("5.50"), "basis": None})
    record = json.loads(json.dumps(decision.compact()))
    assert record["facts"] == {"away_from_home": "true", "months_here": "5.50", "basis": "null"}
    assert (record["table"], record["rows"], record["status"]) == (built.hash, [2], "decided")
    assert built.replay(record) == decision


def test_record_of_another_table_is_refused() -> None:
    record = residence().decide({}).compact()
    with pytest.raises(RuleValueError):
        table(HitPolicy.UNIQUE, [("1", "1")]).replay(record)


def test_hash_follows_the_content_and_nothing_else() -> None:
    assert residence().hash == residence().hash
    changed = Table.build("residence", RESIDENCE_INPUTS, [Output("outcome")], RESIDENCE_ROWS[:2], names=NAMES)
    assert changed.hash != residence().hash


def test_full_record_is_json_with_rows_laws_and_reasons() -> None:
    decision = residence().decide({"away_from_home": True, "months_here": 8, "basis": "study"})
    full = json.loads(json.dumps(decision.as_json(), ensure_ascii=False))
    assert full["matched"] == [{"row": 1, "law": "L6", "note": ""}]
    assert full["inputs"][1] == {"label": "居住月数", "value": 8}
    assert full["whyNot"][0]["cell"] == "< 6"


def test_outputs_that_a_caller_changes_do_not_change_the_table() -> None:
    built = residence()
    facts = {"away_from_home": False}
    outcome = built.decide(facts).outcome
    assert isinstance(outcome, dict)
    outcome.clear()
    assert built.decide(facts).outcome == {"no": "在户籍地居住不需要居住证"}


def explained(decision: Decision) -> list[str]:
    assert explain(decision, "en")
    return explain(decision, "zh")


def test_explanation_says_which_row_applies_and_why_the_others_do_not() -> None:
    decision = residence().decide({"away_from_home": True, "months_here": 8, "basis": "study"})
    assert explained(decision) == [
        "第1行符合（依据L6）：eligible",
        "第2行不符合：居住月数要 < 6，实际是 8（依据L6）",
        "第3行不符合：离开户籍地要 否，实际是 是（依据L2）",
    ]
    assert explain(decision, "en")[1] == "Row 2 does not apply: 居住月数 must be < 6, but is 8 (by L6)"


def test_explanation_names_the_missing_fact() -> None:
    sentences = explained(residence().decide({"away_from_home": True}))
    assert sentences[0] == "还不能决定"
    assert sentences[1] == "缺少的事实：居住月数、居住事由；知道以后，第1、2行可能符合"


def test_explanation_of_a_gap_and_of_a_conflict_calls_for_a_person() -> None:
    built = table(HitPolicy.UNIQUE, [("> 1", '"a"'), ("> 2", '"b"')])
    assert "须由人工判断" in explained(built.decide({"x": 0}))[0]
    assert explained(built.decide({"x": 3}))[0].startswith("第1、2行同时符合")


# --- faulty tables ---------------------------------------------------------------------------------------


def test_all_faults_are_reported_at_once_with_row_column_and_position() -> None:
    with pytest.raises(TableErrors) as caught:
        Table.build(
            "bad",
            [Input("a", type="number"), Input("b", values=("x", "y")), Input("c +", type="money")],
            [Output("out", values=("p", "q")), Output("out", "number")],
            [
                Row(["employment", '"x" z', "-"], ['"r"', "1"]),
                Row(["-"], ["1 / 0"]),
                Row(['"a"', '"z"', "not(> 3"], ["a", Literal("text")]),
            ],
            names=["a", "b"],
        )
    found = {(e.row, e.column, e.position, e.code) for e in caught.value.errors}
    assert found == {
        (0, 3, 0, Code.UNKNOWN_TYPE),
        (0, 5, 0, Code.DUPLICATE_OUTPUT),
        (0, 3, 0, Code.UNKNOWN_NAME),
        (1, 1, 0, Code.UNKNOWN_NAME),
        (1, 2, 4, Code.UNEXPECTED),
        (1, 4, 0, Code.NOT_ALLOWED),
        (2, 0, 0, Code.CELL_COUNT),
        (2, 0, 0, Code.OUTPUT_COUNT),
        (2, 4, 0, Code.ALWAYS_NULL),
        (3, 1, 0, Code.CELL_TYPE),
        (3, 2, 0, Code.NOT_ALLOWED),
        (3, 3, 7, Code.UNEXPECTED_END),
        (3, 5, 0, Code.OUTPUT_TYPE),
    }
    assert all(e.zh and e.en for e in caught.value.errors)


@pytest.mark.parametrize(
    ("hit", "outputs", "code"),
    [
        (HitPolicy.PRIORITY, [Output("a")], Code.NEEDS_VALUES),
        (HitPolicy.OUTPUT_ORDER, [Output("a")], Code.NEEDS_VALUES),
        (HitPolicy.SUM, [Output("a"), Output("b")], Code.NEEDS_ONE_OUTPUT),
        (HitPolicy.UNIQUE, [], Code.NO_OUTPUT),
    ],
)
def test_hit_policy_gets_the_outputs_it_needs(hit: HitPolicy, outputs: list[Output], code: Code) -> None:
    with pytest.raises(TableErrors) as caught:
        Table.build("t", [Input("x")], outputs, [Row(["-"], ["1"] * len(outputs))], hit, ["x"])
    assert [e.code for e in caught.value.errors] == [code]


def test_unquoted_word_in_a_cell_is_a_fault_unless_it_is_a_fact() -> None:
    with pytest.raises(TableErrors) as caught:
        Table.build("t", [Input("basis")], [Output("o")], [Row(["employment"], ["1"])], names=["basis"])
    assert caught.value.errors[0].code is Code.UNKNOWN_NAME
    assert '"employment"' in caught.value.errors[0].zh


def test_table_without_rows_decides_nothing() -> None:
    assert table(HitPolicy.UNIQUE, []).decide({"x": 1}).status is Status.NO_ROW
