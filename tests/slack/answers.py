"""Answers of any size with any text in them."""

from __future__ import annotations

from datetime import date

from assistant.funding.schemes import NamedRecord, SchemeStatus
from assistant.matching.answers import Answer, Idea, IndexInfo, Outcome, Partner, Scheme
from corpus.records import ActorType, Kind
from corpus.text import LangText, Language
from index.scoring.ranking import MatchConfidence
from index.scoring.reasons import Evidence, Reason, ReasonKind
from index.storage.passages import Facet

PLAIN = "Forebygging av fall hos eldre i hjemmet"
HOSTILE = {
    "mentions": "<!channel> <!here> <@U123> <#C1> <!subteam^S1|alle>",
    "links": "<https://evil.example|NTNU> https://evil.example & <mailto:a@b.no|x>",
    "markup": "*fet* _skrå_ ~strøket~ `kode` ```blokk``` > sitat\n• punkt",
    "long": "x" * 9_000,
    "long words": "ordelag " * 1_500,
    "ampersands": "&<>" * 2_000,
    "emoji": "👩🏽‍🔬🚑" * 900,
    "controls": "a\x00b\x07c\u202e\u2028d\u2066",
    "right to left": "مرحبا שלום " * 100,
    "empty of letters": " \t ",
    "entities": "&amp; &lt;!channel&gt; &#60;",
    "placeholders": "{name} {question} {names} %s %(x)s",
    "values": "a|b|c||log|record",
}


def answer(
    count: int,
    text: str = PLAIN,
    language: Language = Language.NB,
    outcome: Outcome | None = None,
    question: str | None = None,
) -> Answer:
    """Return an answer with ``count`` suggestions, of the three kinds in turn."""
    kinds = (Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA)
    numbers = {kind: range(place, count, 3) for place, kind in enumerate(kinds)}
    told = text if text.strip() else f"{text}."
    name = LangText(nb=told)
    shared = {
        "name": name,
        "summary": name,
        "score": 0.7,
        "confidence": MatchConfidence.GOOD,
        "reasons": (
            Reason(kind=ReasonKind.SHARED, labels=(told, told, told, told)),
            Reason(kind=ReasonKind.NAMED, labels=(told,)),
            Reason(kind=ReasonKind.ALIKE),
            Reason(kind=ReasonKind.NEAR, labels=(told,)),
        ),
        "evidence": (Evidence(record_id="idea:x", facet=Facet.SUMMARY, quote=told, language=Language.NB, source=told),),
    }
    other = NamedRecord(id="actor:other", name=name)
    return Answer(
        question=question if question is not None else told,
        language=language,
        outcome=outcome or (Outcome.MATCHED if count else Outcome.NO_MATCH),
        partners=tuple(
            Partner(
                id=f"actor:n-{n}",
                actor_type=ActorType.UNIVERSITY,
                place=told,
                contact=name,
                dissolved_on="2020" if n % 2 else None,
                predecessor=other,
                successor=other,
                **shared,
            )
            for n in numbers[Kind.ACTOR]
        ),
        schemes=tuple(
            Scheme(
                id=f"instrument:n-{n}",
                status=SchemeStatus.OPEN if n % 2 else SchemeStatus.ENDED,
                as_of="2026-11",
                opens_on=None,
                deadline=date(2027, 2, 15),
                ended_on="2020",
                owner=other,
                predecessor=other,
                successor=NamedRecord(id="instrument:later", name=name, since="2021"),
                **shared,
            )
            for n in numbers[Kind.INSTRUMENT]
        ),
        ideas=tuple(
            Idea(
                id=f"idea:n-{n}",
                event=name,
                on="2017-05-24",
                years="2017",
                is_project=False,
                problem_owner=other,
                **shared,
            )
            for n in numbers[Kind.IDEA]
        ),
        order=kinds,
        names={},
        shortened=count % 2 == 1,
        index=IndexInfo(encoder="bundled", fingerprint="f"),
    )
