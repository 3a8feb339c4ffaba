"""Ask, put together a consortium, see the ladder of schemes."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Header
from pydantic import Field
from starlette.exceptions import HTTPException

from assistant.access.tokens import Token, TokenScope
from assistant.channels.bodies import MAX_SENT, Body, ConsortiumBody, NeedBody
from assistant.channels.web.answer_slots import answered_in_turn
from assistant.channels.web.context import WebContext
from assistant.channels.web.routes.api.common import facts_of, needs
from assistant.dialogue.understanding import Question
from assistant.matching.consortium import propose
from assistant.matching.ladder import climb
from assistant.platform.people import Asker, Channel
from assistant.render.answer_data import AnswerData
from assistant.render.data import render_data
from assistant.render.sketch import as_markdown, sketch_of
from assistant.service.messages import UserMessage
from corpus.text import Language

router = APIRouter(tags=["asking"])


class AskBody(Body):
    """A question."""

    question: str = Field(
        min_length=1, max_length=MAX_SENT, examples=["Hvem kan hjelpe med tidlig oppdagelse av sepsis?"]
    )
    language: Language | None = None
    municipality: str | None = Field(default=None, pattern=r"^[0-9]{4}$", examples=["5038"])
    top_k: int = Field(default=5, ge=1, le=20)
    personal_data_confirmed: bool = False
    """Whether a question that seems to be about a certain person is to be stored and answered all the same."""


class Asked(AnswerData):
    """An answer, and how acts speak of it."""

    log_id: str | None


@router.post("/ask")
@answered_in_turn
def ask(
    web: WebContext,
    body: AskBody,
    token: Annotated[Token, needs(TokenScope.ASK)],
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Asked:
    """Answer a question.

    The same token with the same Idempotency-Key gets the same answer again, logged once; with another body it is
    refused (422), as the IETF draft on the header has it. A question that seems to be about a certain person, by name
    and illness or by day of birth, is refused (422, `code` `personal_data`) and nothing of it is stored, unless
    `personal_data_confirmed` says that it is meant.
    """
    known = facts_of(body.municipality)
    asker = Asker(
        channel=Channel.API,
        tenant="api",
        user=f"token:{token.id}",
        language=body.language,
        kommunenummer=body.municipality,
    )
    conversation = f"{token.id} {idempotency_key or uuid4().hex}"
    digest = sha256(json.dumps(body.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
    incoming = UserMessage(
        key=f"{conversation} {digest}",
        asker=asker,
        conversation=conversation,
        text=body.question,
        top_k=body.top_k,
        is_question=True,
        confirmed=body.personal_data_confirmed,
    )
    if idempotency_key and web.runtime.service.conflicts(incoming):
        raise HTTPException(422, "This Idempotency-Key came with another body before. Send a new key.")
    reply = web.runtime.service.handle(incoming)
    if reply.answer is None:
        raise HTTPException(422, "There is no word in the question to look for.")
    web.metrics.answers.labels("api", reply.answer.outcome).inc()
    calendar = web.runtime.matchmaker.calendar(body.question, known)
    return Asked.model_validate({**render_data(reply.answer, calendar), "log_id": reply.log_id})


@router.post("/consortium")
@answered_in_turn
def consortium(
    web: WebContext,
    body: ConsortiumBody,
    token: Annotated[Token, needs(TokenScope.ASK)],  # noqa: ARG001
) -> dict[str, Any]:
    """Tell who is missing for a scheme and whom to ask, with a one-page sketch in Markdown."""
    proposal = propose(
        web.runtime.matchmaker,
        web.runtime.store,
        body.need,
        body.scheme,
        body.have,
        facts_of(body.municipality),
        body.cost_parts,
        body.language,
    )
    return {
        **proposal.model_dump(mode="json"),
        "complete": proposal.is_complete,
        "sketch": as_markdown(sketch_of(proposal)),
    }


@router.post("/ladder")
@answered_in_turn
def ladder(web: WebContext, body: NeedBody, token: Annotated[Token, needs(TokenScope.ASK)]) -> dict[str, Any]:  # noqa: ARG001
    """Put the schemes that could pay in the order a need would climb them."""
    question = Question(text=body.need, language=body.language)
    climbed = climb(web.runtime.matchmaker, web.runtime.store, question, facts_of(body.municipality))
    return climbed.model_dump(mode="json")
