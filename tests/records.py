"""Small made-up records for tests; nothing here is a fact."""

from __future__ import annotations

from typing import Any

from corpus.records import Actor, ActorType, Confidence, FundingInstrument, ProjectIdea, Source, Statement
from corpus.text import LangText
from corpus.vocabulary import Concept, Labels

SOURCE = Source(ref="seed §9.9 l.1-2", mark=Confidence.STATED)


def text(nb: str, en: str | None = None, nn: str | None = None) -> LangText:
    return LangText(nb=nb, en=en or f"{nb} (en)", nn=nn)


def statement(nb: str, en: str | None = None, nn: str | None = None) -> Statement:
    return Statement(text=text(nb, en, nn), source=SOURCE)


def actor(slug: str, name: str, summary: str = "Et organ.", **fields: Any) -> Actor:  # noqa: ANN401 (any field)
    base: dict[str, Any] = {
        "id": f"actor:{slug}",
        "name": text(name),
        "summary": text(summary),
        "actor_type": ActorType.MUNICIPALITY,
        "sources": (SOURCE,),
        "confidence": Confidence.STATED,
    }
    return Actor.model_validate(base | fields)


def instrument(slug: str, name: str, purpose: str = "Gir penger.", **fields: Any) -> FundingInstrument:  # noqa: ANN401
    base: dict[str, Any] = {
        "id": f"instrument:{slug}",
        "name": text(name),
        "summary": text(purpose),
        "purpose": statement(purpose),
        "scope": {"level": "national"},
        "standing": "running",
        "standing_source": SOURCE,
        "sources": (SOURCE,),
        "confidence": Confidence.STATED,
    }
    return FundingInstrument.model_validate(base | fields)


def idea(slug: str, name: str, problem: str, **fields: Any) -> ProjectIdea:  # noqa: ANN401
    base: dict[str, Any] = {
        "id": f"idea:{slug}",
        "name": text(name),
        "summary": text(problem),
        "problem": text(problem),
        "need": text(f"Behov for {problem.lower()}"),
        "origin": {"event": text("et verksted"), "on": "2016-11-23"},
        "sources": (SOURCE,),
        "confidence": Confidence.STATED,
    }
    return ProjectIdea.model_validate(base | fields)


def concept(slug: str, nb: str, en: str, nn: str | None = None, **fields: Any) -> Concept:  # noqa: ANN401
    labels = {"alt_labels": Labels(**fields.pop("alt", {})), "hidden_labels": Labels(**fields.pop("hidden", {}))}
    base: dict[str, Any] = {
        "id": f"concept:{slug}",
        "pref_label": LangText(nb=nb, nn=nn or nb, en=en),
        "domain": "health",
        "sources": (SOURCE,),
        "confidence": Confidence.STATED,
    }
    return Concept.model_validate(base | labels | fields)
