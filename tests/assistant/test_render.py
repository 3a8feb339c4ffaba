from __future__ import annotations

import io
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.funding.suitability import Suitability, TopicFit
from assistant.matching.answers import Answer, Idea, IndexInfo, Outcome, Partner, Scheme
from assistant.render.data import render_data
from assistant.render.terminal import TerminalAnswer
from corpus.records import Activity, ActorType, Kind, Role
from corpus.text import LangText, Language
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Evidence, Reason, ReasonKind
from index.storage.passages import SEARCHED_KINDS, Facet
from tests.records import text

QUOTE = Evidence(
    record_id="idea:bus", facet=Facet.SUMMARY, quote="Barn går sammen.", language=Language.NB, source="Notatet, s. 3"
)
TOOK_PART = Reason(kind=ReasonKind.TOOK_PART, idea="idea:bus", role=Role.PROPOSER)


def partner(name: str = "Gården", number: int = 1) -> Partner:
    return Partner(
        id=f"actor:p-{number}",
        name=text(name),
        summary=text("Et organ"),
        score=0.9,
        confidence=MatchConfidence.STRONG,
        reasons=(TOOK_PART,),
        evidence=(QUOTE,),
        actor_type=ActorType.MUNICIPALITY,
        place=None,
        contact=None,
        dissolved_on=None,
        predecessor=None,
        successor=None,
    )


def scheme(status: SchemeStatus, **fields: object) -> Scheme:
    base: dict[str, object] = {
        "id": "instrument:s",
        "name": text("Pengeposten"),
        "summary": text("Gir penger"),
        "score": 0.8,
        "confidence": MatchConfidence.GOOD,
        "reasons": (Reason(kind=ReasonKind.SHARED, labels=("skole", "buss")),),
        "evidence": (),
        "status": status,
        "as_of": "2026-06-14",
        "opens_on": None,
        "deadline": None,
        "ended_on": None,
        "owner": None,
        "predecessor": None,
        "successor": None,
    }
    return Scheme.model_validate(base | fields)


IDEA = Idea(
    id="idea:bus",
    name=text("Gå sammen"),
    summary=text("Barn går sammen."),
    score=0.7,
    confidence=MatchConfidence.POSSIBLE,
    reasons=(Reason(kind=ReasonKind.ALIKE),),
    evidence=(QUOTE,),
    event=LangText(nb="Verksted i Steinkjer", en="Workshop"),
    on="2016-11-23",
    years="2016",
    is_project=False,
    problem_owner=NamedRecord(id="actor:p-1", name=text("Gården")),
)


def answer(language: Language = Language.NB, **fields: object) -> Answer:
    base: dict[str, object] = {
        "question": "skolebuss",
        "language": language,
        "outcome": Outcome.MATCHED,
        "partners": (partner(),),
        "schemes": (scheme(SchemeStatus.ROLLING),),
        "ideas": (IDEA,),
        "order": SEARCHED_KINDS,
        "names": {"idea:bus": text("Gå sammen")},
        "shortened": False,
        "index": IndexInfo(encoder="words", fingerprint="f"),
    }
    return Answer.model_validate(base | fields)


def printed(one: Answer, width: int = 80, shown: int = 5, *, whole: bool = False) -> str:
    buffer = io.StringIO()
    Console(file=buffer, width=width, highlight=False).print(TerminalAnswer(one, shown, whole=whole))
    return buffer.getvalue()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("language", Language)
def test_an_answer_is_told_in_each_language_without_a_gap(language: Language, whole: bool) -> None:
    told = printed(answer(language), whole=whole)
    assert "{" not in told
    assert not re.search(r"\b(?:why|heading|row|tag|sign|summary|taken)\.[a-z]", told)


@pytest.mark.parametrize("status", SchemeStatus)
@pytest.mark.parametrize("language", Language)
def test_every_status_of_a_scheme_is_told(status: SchemeStatus, language: Language) -> None:
    one = scheme(status, opens_on="2027-01-20", ended_on="2020-06", deadline=date(2027, 3, 1))
    told = printed(answer(language, schemes=(one,)), whole=True)
    assert "status." not in told
    assert "2027" in told


def test_what_was_asked_for_comes_first() -> None:
    told = printed(answer(order=(Kind.IDEA, Kind.ACTOR, Kind.INSTRUMENT)))
    assert told.index("Lignende ideer") < told.index("Partnere") < told.index("Ordninger")


def test_a_quote_is_told_once_and_its_source_each_time() -> None:
    told = printed(answer(), whole=True)
    assert told.count("Barn går sammen.") == 1
    assert told.count("Notatet, s. 3") == 2


def test_a_quote_in_another_language_is_marked() -> None:
    assert "[Norwegian bokmål]" in printed(answer(Language.EN), whole=True)


def test_an_ended_scheme_names_what_took_over_and_gives_no_next_step() -> None:
    later = NamedRecord(id="instrument:n", name=text("Nyposten"), since="2021")
    told = printed(
        answer(partners=(), ideas=(), schemes=(scheme(SchemeStatus.ENDED, ended_on="2020", successor=later),)),
        whole=True,
    )
    assert "Nyposten (fra 2021)" in told
    assert "Neste steg" not in told


def test_only_as_many_as_asked_for_are_shown() -> None:
    many = tuple(partner(f"Kommune {number}", number) for number in range(5))
    told = printed(answer(partners=many), shown=2)
    assert "Kommune 1" in told
    assert "Kommune 2" not in told


@given(st.text(min_size=1).filter(str.strip), st.integers(20, 200))
def test_no_record_text_is_read_as_markup_or_breaks_the_page(anything: str, width: int) -> None:
    name = LangText.model_construct(nb=anything, nn=None, en=None)
    one = answer(partners=(partner().model_copy(update={"name": name}),), question=anything)
    for whole in (False, True):
        printed(one, width, whole=whole)


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    assert "[bold]Fet[/bold]" in printed(answer(partners=(partner("[bold]Fet[/bold]"),)))


def test_data_has_the_name_in_the_language_of_the_answer_and_dates_as_iso() -> None:
    data = render_data(answer(Language.EN, schemes=(scheme(SchemeStatus.OPEN, deadline=date(2027, 3, 1)),)))
    assert data["partners"][0]["name"] == "Gården (en)"
    assert data["schemes"][0]["deadline"] == "2027-03-01"
    assert data["partners"][0]["why"] == ["Proposed the idea “Gå sammen (en)”."]


def test_data_says_what_the_answer_comes_to_how_a_scheme_suits_and_how_a_partner_is_reached() -> None:
    suited = Suitability(topic=TopicFit.SAME, themes=("grunnskole",), activities=(Activity.TRIAL,), worth=0.8)
    one = scheme(SchemeStatus.ROLLING, suitability=suited, url="https://penger.example/utlysning")
    reached = partner().model_copy(update={"email": "post@garden.example", "checked_on": date(2026, 3, 1)})
    data = render_data(answer(schemes=(one,), partners=(reached,)))
    assert data["summary"].startswith("Snakk først med Gården, som foreslo «Gå sammen».")
    [told] = data["schemes"]
    assert told["url"] == "https://penger.example/utlysning"
    assert told["suitability"] == {
        "topic": "same",
        "themes": ["grunnskole"],
        "activities": ["trial"],
        "activity_fits": None,
        "expected": None,
        "worth": 0.8,
    }
    assert data["partners"][0]["email"] == "post@garden.example"
    assert data["partners"][0]["checked_on"] == "2026-03-01"
    assert data["partners"][0]["phone"] is None


def test_a_usual_answer_takes_no_more_than_thirty_lines_and_its_whole_is_a_word_away() -> None:
    long = "Kommunene går sammen om å følge barna til skolen på trygge veier " * 4
    partners = tuple(partner(f"Kommune {number}", number) for number in range(3))
    schemes = tuple(scheme(SchemeStatus.ROLLING, id=f"instrument:{n}", summary=text(long)) for n in range(3))
    ideas = tuple(
        IDEA.model_copy(update={"id": f"idea:{n}", "summary": text(long), "confidence": MatchConfidence.GOOD})
        for n in range(3)
    )
    one = answer(partners=partners, schemes=schemes, ideas=ideas)
    short = printed(one, shown=3)
    assert len(short.splitlines()) <= 30
    assert all(len(line) <= 80 for line in short.splitlines())
    assert "--why" in short
    assert "Notatet, s. 3" not in short
    assert "Notatet, s. 3" in printed(one, shown=3, whole=True)
