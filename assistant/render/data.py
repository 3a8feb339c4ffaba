"""An answer as plain data: the promise to scripts that `ask --json` keeps.

Invariant: the keys are those of the published promise, always present; new ones may come, none goes away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.funding.rule_sentences import question_back, verdict_sentence
from assistant.funding.suitability import Suitability
from assistant.matching.answers import Answer, Partner, Scheme, Suggestion
from assistant.platform.messages import Messages, messages
from assistant.render.sentences import name_of, why
from assistant.render.summary import summary_text
from index.storage.passages import reference


def render_data(answer: Answer, calendar: Sequence[Scheme] = ()) -> dict[str, Any]:
    """Return an answer as values that JSON can hold.

    Args:
        answer: What was answered.
        calendar: What is open, or comes, where the question was for that.
    """
    catalog = messages(answer.language)
    return {
        "question": answer.question,
        "shortened": answer.shortened,
        "language": answer.language.value,
        "outcome": answer.outcome.value,
        "summary": summary_text(answer, catalog),
        "partners": [{**_item(partner, answer, catalog), **_partner(partner)} for partner in answer.partners],
        "schemes": [{**_item(scheme, answer, catalog), **_scheme(scheme, catalog)} for scheme in answer.schemes],
        "ideas": [{**_item(idea, answer, catalog), "years": idea.years} for idea in answer.ideas],
        "asks": [question_back(ask, answer.language) for ask in answer.asks],
        "calendar": [_calendar_row(scheme, catalog) for scheme in calendar],
        "index": {"encoder": answer.index.encoder, "fingerprint": answer.index.fingerprint},
    }


def _item(suggestion: Suggestion, answer: Answer, catalog: Messages) -> dict[str, Any]:
    return {
        "id": suggestion.id,
        "name": name_of(suggestion, catalog).text,
        "score": round(suggestion.score, 3),
        "confidence": suggestion.confidence.value,
        "why": why(suggestion, answer, catalog),
        "evidence": [
            {"record_id": one.record_id, "quote": one.quote, "language": one.language.value, "source": one.source}
            for one in suggestion.evidence
        ],
    }


def _partner(partner: Partner) -> dict[str, Any]:
    return {
        "url": partner.url,
        "email": partner.email,
        "phone": partner.phone,
        "checked_on": partner.checked_on.isoformat() if partner.checked_on else None,
    }


def _scheme(scheme: Scheme, catalog: Messages) -> dict[str, Any]:
    successor = scheme.successor
    return {
        "status": scheme.status.value,
        "deadline": scheme.deadline.isoformat() if scheme.deadline else None,
        "last_call": scheme.last_call,
        "checked_on": scheme.checked_on.isoformat() if scheme.checked_on else None,
        "url": scheme.url,
        "suitability": _suitability(scheme.suitability) if scheme.suitability else None,
        "successor": {"id": successor.id, "name": name_of(successor, catalog).text, "since": successor.since}
        if successor
        else None,
        "eligible": scheme.overall.value,
        "eligibility": [
            {
                "criterion": one.criterion_id,
                "verdict": one.verdict.value,
                "text": verdict_sentence(one, catalog.language),
                "rule": one.rule.best(catalog.language).text if one.rule else None,
                "source": reference(one.source),
            }
            for one in scheme.eligibility
        ],
    }


def _calendar_row(scheme: Scheme, catalog: Messages) -> dict[str, Any]:
    expected = scheme.suitability.expected if scheme.suitability else None
    return {
        "id": scheme.id,
        "name": name_of(scheme, catalog).text,
        "status": scheme.status.value,
        "opens_on": scheme.opens_on,
        "deadline": scheme.deadline.isoformat() if scheme.deadline else None,
        "expected_on": expected.on if expected else None,
        "url": scheme.url,
    }


def _suitability(suitability: Suitability) -> dict[str, Any]:
    expected = suitability.expected
    return {
        "topic": suitability.topic.value,
        "themes": list(suitability.themes),
        "activities": [activity.value for activity in suitability.activities],
        "activity_fits": suitability.activity_fits,
        "expected": {
            "on": expected.on,
            "basis": expected.basis,
            "years": list(expected.years),
            "source": reference(expected.source),
        }
        if expected
        else None,
        "worth": round(suitability.worth, 3),
    }
