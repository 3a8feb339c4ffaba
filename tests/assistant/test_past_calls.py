"""A call that is past says what is known of it, on every path, for every scheme and day; never what is not known."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from assistant.funding.calendar import scheme_on
from assistant.funding.eligibility import judge_scheme, overall
from assistant.funding.schemes import SchemeStatus, read_on
from assistant.funding.suitability import Suitability, TopicFit
from assistant.funding.verdicts import Facts
from assistant.matching.answers import Answer, Scheme
from assistant.platform.messages import messages
from assistant.render.data import render_data
from assistant.render.rows import line_of, tag_of
from assistant.render.sentences import rules, status_sentences
from assistant.render.slack import render_why
from assistant.render.summary import summary_text
from corpus.records import ActorType, FundingInstrument, Kind
from corpus.text import Language
from index.scoring.ranking import MatchConfidence
from tests.assistant.test_render import answer, printed
from tests.corpus.test_files import SHIPPED
from tests.records import SOURCE, instrument

SCHEMES = [one.record for one in SHIPPED if isinstance(one.record, FundingInstrument)]
DAYS = (date(2024, 2, 29), date(2026, 5, 4), date(2026, 11, 30), date(2028, 1, 1))
PAST = {SchemeStatus.CLOSED, SchemeStatus.RUNNING, SchemeStatus.UNCONFIRMED}
NOT_KNOWN = re.compile(
    r"ikkje? (?:lenger )?(?:kjent|kjend|funne|bekrefta|stadfesta|visst)|vi (?:vet|veit) ikkj?e"
    r"|(?:finnes|finst) kanskje|not (?:known|found|confirmed)|unknown|do not know|may not exist"
    r"|whether it (?:still )?exists|ukjent|ukjend|uvis",
    re.IGNORECASE,
)
FACTS = Facts(applicant_type=ActorType.MUNICIPALITY)


def suggested(scheme: FundingInstrument, today: date) -> Scheme:
    """Return a scheme as an answer of a day has it."""
    on_day, judged = scheme_on(scheme, today), judge_scheme(scheme, FACTS, today)
    return Scheme(
        id=scheme.id,
        name=scheme.name,
        summary=scheme.summary,
        score=1.0,
        confidence=MatchConfidence.STRONG,
        reasons=(),
        evidence=(),
        status=on_day.status,
        as_of=read_on(scheme),
        opens_on=on_day.call.opens_on if on_day.call else None,
        deadline=on_day.call.next_deadline(today) if on_day.call else None,
        last_deadline=on_day.last_deadline,
        last_call=on_day.last_call,
        checked_on=scheme.checked_on,
        ended_on=scheme.ended_on,
        owner=None,
        predecessor=None,
        successor=None,
        eligibility=judged,
        overall=overall(judged),
        suitability=Suitability(topic=TopicFit.ANY, activities=scheme.activities, expected=on_day.expected),
        url=scheme.url,
    )


def with_scheme(scheme: Scheme, language: Language) -> Answer:
    return answer(partners=(), ideas=(), schemes=(scheme,), order=(Kind.INSTRUMENT,), language=language)


def told(scheme: Scheme, language: Language) -> str:
    """Return all that is said of a scheme by ourselves, on the desk, in the terminal, in Slack and on the web."""
    catalog = messages(language)
    said = [
        summary_text(with_scheme(scheme, language), catalog, Kind.INSTRUMENT),
        tag_of(scheme, catalog).text,
        line_of(scheme, with_scheme(scheme, language), catalog).text,
        *status_sentences(scheme, catalog),
        *(sentence for _, sentence in rules(scheme, catalog)),
    ]
    return "\n".join(said)


@pytest.mark.parametrize(
    ("today", "language"),
    [*((day, Language.NB) for day in DAYS), (DAYS[2], Language.NN), (DAYS[2], Language.EN)],
    ids=str,
)
def test_no_shipped_scheme_is_told_by_what_is_not_known(today: date, language: Language) -> None:
    past = 0
    for record in SCHEMES:
        scheme = suggested(record, today)
        said = told(scheme, language)
        assert (found := NOT_KNOWN.search(said)) is None, (record.id, found, said)
        if scheme.status in PAST:
            past += 1
            first = status_sentences(scheme, messages(language))[0]
            assert messages(language).text("past.see_link") in first or record.url is None, first
            assert str(scheme.last_call or "")[:4] in first, first
    assert past > 30


def test_every_path_says_the_same_of_a_call_that_is_past() -> None:
    today = DAYS[2]
    scheme = next(
        one
        for one in (suggested(record, today) for record in SCHEMES)
        if one.status in PAST
        and one.last_deadline
        and one.last_call == one.last_deadline.isoformat()
        and one.suitability
        and one.suitability.expected
        and one.suitability.expected.basis == "observed"
    )
    whole = with_scheme(scheme, Language.NB)
    first = status_sentences(scheme, messages(Language.NB))[0]
    assert re.fullmatch(r"Sist lyst ut 20\d\d \(frist \d+\. \w+\), .*ventes igjen rundt .* – se lenken\.", first)

    slack = render_why(whole, scheme.id)
    assert slack is not None
    for text in (printed(whole, 2000, whole=True), json.dumps(slack["blocks"], ensure_ascii=False)):
        assert first in text
        assert NOT_KNOWN.search(text) is None
    data = render_data(whole)["schemes"][0]
    assert data["last_call"] == scheme.last_call
    assert scheme.last_call is not None


def test_the_last_call_is_known_by_its_deadline_or_else_by_its_year() -> None:
    def call(slug: str, **fields: object) -> dict[str, object]:
        return {
            "id": f"call:{slug}",
            "title": {"nb": "A", "en": "A"},
            "deadline_type": "fixed",
            "sources": [SOURCE],
        } | fields

    by_day = call("a", deadlines=[{"on": "2023-10-10", "source": SOURCE}], year=2023)
    by_year = call("b", deadline_type="unknown", year=2024)
    future = call("c", deadline_type="unknown", year=2027)
    assert scheme_on(instrument("s", "S", calls=[by_day]), DAYS[2]).last_call == "2023-10-10"
    assert scheme_on(instrument("s", "S", calls=[by_day, by_year, future]), DAYS[2]).last_call == "2024"
    assert scheme_on(instrument("s", "S"), DAYS[2]).last_call is None
