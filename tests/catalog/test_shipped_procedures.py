"""The shipped procedures: what the acts on licensing, benefits and review demand of how a case is handled."""

import pytest
from shipped_law import PROCEDURES, SERVICES

from tongban.catalog.procedure import Act, Who

ALIKE = {
    "received": "submitted",
    "awaiting-correction": "submitted",
    "refusal-proposed": "examined",
    "heard": "examined",
    "issued": "delivered",
    "refused": "decided",
    "not-needed": "decided",
    "not-competent": "decided",
    "lapsed": "decided",
    "withdrawn": "decided",
}
ENDS = {
    "issued": "favourable",
    "refused": "adverse",
    "not-needed": "neutral",
    "not-competent": "neutral",
    "lapsed": "neutral",
    "withdrawn": "neutral",
}
EACH = pytest.mark.parametrize("name", ["benefit", "confirmation", "filing", "instant", "licensing"])


@EACH
def test_states_of_one_meaning_have_one_name_in_every_procedure(name: str) -> None:
    states = PROCEDURES[name].states
    assert {state: states[state].stage for state in ALIKE} == ALIKE
    assert {state: one.end for state, one in states.items() if one.end} == ENDS


@EACH
def test_nothing_adverse_is_done_by_a_clock_or_a_rule(name: str) -> None:
    for act in PROCEDURES[name].acts.values():
        adverse = act.adverse or act.decides == "adverse" or act.to == "refused"
        assert not (adverse and {Who.CLOCK, Who.RULES} & set(act.who)), act.name.en


@EACH
def test_a_refusal_takes_a_second_person_reasons_articles_and_remedies(name: str) -> None:
    procedure = PROCEDURES[name]
    refusals = {slug: act for slug, act in procedure.acts.items() if act.to == "refused"}
    assert list(refusals) == ["refuse"]
    refuse = refusals["refuse"]
    assert refuse.not_by == ("propose-refusal",)
    assert refuse.says["reasons"].required
    assert refuse.says["law"].type == "law"
    assert refuse.notice is not None
    assert procedure.notices[refuse.notice].remedies
    assert {Who.DECIDE, Who.HEAD} == set(refuse.who)


@EACH
def test_nobody_is_refused_unheard(name: str) -> None:
    """行政许可法 36: from a proposal the case must pass the person's own word, or the end of the time to give it."""
    acts = PROCEDURES[name].acts
    assert acts["refuse"].from_ == ("heard",)
    into = {slug: act for slug, act in acts.items() if act.to == "heard"}
    assert set(into) == {"state-view", "view-over"}
    assert Who.APPLICANT in into["state-view"].who
    assert into["view-over"].who == (Who.CLOCK,)
    assert into["view-over"].on_expiry == "view"
    assert PROCEDURES[name].terms["view"].owed_by == "applicant"


@EACH
def test_what_is_missing_is_told_all_at_once_and_only_once(name: str) -> None:
    ask = PROCEDURES[name].acts["request-correction"]
    assert ask.unless == ("request-correction",)
    assert ask.says["items"].type == "items"
    assert PROCEDURES[name].acts["supplement"].when == "complete"


@EACH
def test_who_lets_the_correction_time_pass_loses_nothing_but_the_application(name: str) -> None:
    lapse = PROCEDURES[name].acts["lapse"]
    assert lapse.who == (Who.CLOCK,)
    assert PROCEDURES[name].states[lapse.to].end == "neutral"
    assert not lapse.adverse
    law = next(one for one in PROCEDURES[name].law if one.id == lapse.law)
    assert "浙江" in law.act, "the national law does not know this; the file must say whose rule it is"


@EACH
def test_the_applicant_can_withdraw_until_the_decision(name: str) -> None:
    procedure = PROCEDURES[name]
    withdraw = procedure.acts["withdraw"]
    assert withdraw.who == (Who.APPLICANT,)
    undecided = {slug for slug, state in procedure.states.items() if not state.end and slug != "granted"}
    assert set(withdraw.from_) == undecided


@pytest.mark.parametrize("name", ["benefit", "confirmation", "licensing"])
def test_acceptance_stays_with_people(name: str) -> None:
    acts = PROCEDURES[name].acts
    assert acts["accept"].who == (Who.INTAKE,)
    assert acts["accept"].when == "complete"
    assert not [slug for slug, act in acts.items() if Who.RULES in act.who and act.decides]


def test_papers_that_may_follow_do_not_hold_up_acceptance() -> None:
    """浙江 11: an official may accept with gaps, says which and until when, and answers for it by name."""
    for name in ("benefit", "confirmation", "licensing"):
        act = PROCEDURES[name].acts["accept-with-gaps"]
        assert act.to == "accepted"
        assert {"items", "until"} <= act.says.keys()
        assert not act.when


def test_rules_grant_only_what_is_eligible_complete_and_fully_determined() -> None:
    wanted = 'outcome = "eligible" and complete and fully_determined'
    ruled = [
        (name, slug, act)
        for name, procedure in PROCEDURES.items()
        for slug, act in procedure.acts.items()
        if Who.RULES in act.who and act.decides
    ]
    assert {(name, slug) for name, slug, _ in ruled} == {
        ("certificate-reissue", "replace"),
        ("filing", "file-at-once"),
        ("instant", "grant-at-once"),
        ("informed-promise", "grant-at-once"),
    }
    assert all(act.when.startswith(wanted) and act.decides == "favourable" for _, _, act in ruled)


def _licensing(act: str) -> Act:
    return PROCEDURES["licensing"].acts[act]


def test_licensing_knows_the_five_answers_of_article_32() -> None:
    from_received = {slug: act.to for slug, act in PROCEDURES["licensing"].acts.items() if "received" in act.from_}
    assert from_received["tell-not-needed"] == "not-needed"
    assert from_received["tell-not-competent"] == "not-competent"
    assert from_received["correct-on-the-spot"] == "same"
    assert from_received["request-correction"] == "awaiting-correction"
    assert from_received["accept"] == "accepted"
    assert _licensing("tell-not-competent").says["apply_to"].required


def test_unanswered_for_five_working_days_counts_as_accepted_on_the_day_it_arrived() -> None:
    assert PROCEDURES["licensing"].terms["accept"].span == "5 working-days"
    deemed = _licensing("deem-accepted")
    assert deemed.who == (Who.CLOCK,)
    assert deemed.on_expiry == "accept"
    start = next(effect for effect in deemed.terms if effect.do == "start")
    assert (start.term, start.since) == ("decide", "accept")


def test_only_licensing_knows_a_deemed_acceptance() -> None:
    for name in ("benefit", "confirmation", "filing", "instant"):
        assert "deem-accepted" not in PROCEDURES[name].acts


def test_licensing_times_are_those_of_articles_42_44_and_47() -> None:
    spans = {slug: term.span for slug, term in PROCEDURES["licensing"].terms.items()}
    assert spans["decide"] == "20 working-days"
    assert spans["issue"] == "10 working-days"
    assert spans["hearing-request"] == "5 working-days"
    assert spans["hold-hearing"] == "20 working-days"


def test_all_eight_kinds_of_article_45_stop_the_clock_with_a_written_notice() -> None:
    special = _licensing("start-special")
    kinds = {kind for kind, _ in special.says["kind"].choices}
    assert kinds == {"tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert-review"}
    assert special.says["until"].required
    hearings = ("request-hearing", "start-hearing")
    for act in (special, *map(_licensing, hearings)):
        assert act.notice
        assert [effect.term for effect in act.terms if effect.do == "pause"] == ["decide"]
    assert all(effect.ground == "hearing" for h in hearings for effect in _licensing(h).terms if effect.do == "pause")


def test_a_hearing_is_not_closed_by_who_examines_the_case() -> None:
    assert {"offer-hearing", "start-hearing"} <= set(_licensing("end-hearing").not_by)


def test_only_the_head_extends_and_only_once() -> None:
    extend = _licensing("extend")
    assert extend.who == (Who.HEAD,)
    assert extend.unless == ("extend",)
    assert extend.says["reasons"].required


def test_a_benefit_is_made_public_only_where_the_service_gives_a_time_for_it() -> None:
    benefit = PROCEDURES["benefit"]
    assert benefit.terms["publicity"].span is None
    assert any(effect.term == "publicity" for effect in benefit.acts["publicise"].terms)
    assert not any("publicity" in service.terms for service in SERVICES.values())


def test_a_benefits_time_runs_from_the_application() -> None:
    """社会保险经办条例 24 counts from receipt of the application."""
    starts = [effect for effect in PROCEDURES["benefit"].acts["accept"].terms if effect.do == "start"]
    assert [(effect.term, effect.since) for effect in starts] == [("decide", "accept")]
