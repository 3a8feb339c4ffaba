"""The chat: ask, read the answer with its reasons, refine, and act on what was suggested.

Invariant: every change is a form that is posted and leads on to a page, so that it works without JavaScript and
nothing is done twice by a reload; each form carries a key of its own, by which the service knows it again. With htmx
the same pages are answered, and only the part that changed is put in place.
"""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from assistant.access.sessions import Visit
from assistant.cases.reach import Reach, reach_of
from assistant.channels.web.access import CurrentVisit, client_address
from assistant.channels.web.answer_slots import answered_in_turn
from assistant.channels.web.askers import asker_of, known_asker_of, reply_to
from assistant.channels.web.context import Web, WebContext
from assistant.channels.web.pages import Texts
from assistant.platform.messages import Messages, messages
from assistant.platform.user_text import MAX_QUESTION
from assistant.render.replies import choice_labels, follow_up_parts_of, note_sentences, reply_sentence
from assistant.render.sentences import theme_name
from assistant.render.web import acts_on_whole, view_of
from assistant.saved.digest import can_mail
from assistant.service.messages import (
    ActionReceiptKind,
    ActionType,
    PersonalDataError,
    RejectionReason,
    Reply,
    ReplyKind,
    ThreadTurn,
    UserAction,
    UserMessage,
)
from corpus.text import Language

router = APIRouter(include_in_schema=False)
SHOWN = 5
"""Suggestions of each kind, some of them folded away; "more" brings the next."""
_MOST_CHOSEN = 3 * SHOWN
_KEY = re.compile(r"[0-9a-f]{32}")
_ASKS = {
    "hx-target": "#chat",
    "hx-select": "#chat",
    "hx-select-oob": "#site-header",
    "hx-swap": "outerHTML",
    "hx-disable": "find button",
}
"""What has htmx put the whole thread in place again."""
SAID = {
    kind.value
    for kind in ReplyKind
    if kind not in {ReplyKind.ANSWER, ReplyKind.CONTACT, ReplyKind.TOLD, ReplyKind.UNCLEAR, ReplyKind.STOP_NEWS}
}
"""Replies that are the same for everyone, so that an address can name them."""


@router.get("/")
def ask_page(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,  # noqa: ARG001 (whoever asks for the page has one)
    said: str = "",
    text: str = "",
) -> Response:
    """Show where to ask, with a text to begin with."""
    return _page(request, web, [], said=said, text=text)


@router.post("/ask")
@answered_in_turn
def ask(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    text: Annotated[str, Form()] = "",
    key: Annotated[str, Form()] = "",
    after: Annotated[str, Form()] = "",
    confirmed: Annotated[bool, Form()] = False,
) -> Response:
    """Answer a question, or what was said of the answer before."""
    _count(request, web, visit)
    asker = asker_of(request, visit)
    key = _checked(key)
    incoming = UserMessage(
        # Bound to who asks, so that nobody goes on with another's thread or gets their reply.
        key=f"{asker.user}:{key}",
        conversation=f"{asker.user}:{key}",
        asker=asker,
        after=after or None,
        text=text,
        top_k=SHOWN,
        confirmed=confirmed,
    )
    try:
        reply = web.runtime.service.handle(incoming)
    except PersonalDataError:
        return _warned(request, web, "/ask", "text", text, [("key", key), ("after", after)])
    outcome = reply.answer.outcome if reply.answer else reply.kind
    web.metrics.answers.labels(asker.channel.value, outcome.value).inc()
    if reply.log_id is not None:
        answer = _redirect_to_answer(request, web, visit, reply.log_id, said=None)
    else:
        answer = _redirect_to_answer(request, web, visit, after or None, said=reply.kind)
    chosen = request.state.chosen_language
    if reply.kind is ReplyKind.LANGUAGE_SET or (chosen and reply.language is not chosen):
        # They wrote which language they want: so it is, on all pages.
        web.choose_language(answer, reply.language)
    return answer


@router.get("/a/{log_id}")
def answer_page(
    request: Request, web: WebContext, visit: CurrentVisit, log_id: str, said: str = "", text: str = ""
) -> Response:
    """Show an answer to whoever asked, in its thread, with a text to go on with."""
    return _page(request, web, _thread(request, web, visit, log_id), log_id=log_id, said=said, text=text)


@router.get("/a/{log_id}/print")
def print_page(request: Request, web: WebContext, visit: CurrentVisit, log_id: str) -> Response:
    """Show an answer unfolded, to be printed."""
    turn = next(one for one in _thread(request, web, visit, log_id) if one.log_id == log_id)
    return _alone(request, web, turn.reply, log_id, shared=False)


@router.get("/s/{log_id}")
def shared_page(request: Request, web: WebContext, visit: CurrentVisit, log_id: str) -> Response:  # noqa: ARG001
    """Show an answer that its asker has shared, to anybody who has the address."""
    return _alone(request, web, web.runtime.service.shared(log_id).reply, log_id, shared=True)


@router.post("/a/{log_id}/act")
@answered_in_turn
def act(
    request: Request,
    web: WebContext,
    visit: CurrentVisit,
    log_id: str,
    verb: Annotated[ActionType, Form()],
    record: Annotated[list[str] | None, Form(max_length=_MOST_CHOSEN)] = None,
    reason: Annotated[RejectionReason | None, Form()] = None,
    note: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
    by_mail: Annotated[str, Form()] = "",
    key: Annotated[str, Form()] = "",
    confirmed: Annotated[bool, Form()] = False,
    back: Annotated[str, Form()] = "",
) -> Response:
    """Do something with an answer, or with some of its suggestions.

    Who asks to be introduced to none of them asks the broker about the whole.
    """
    _count(request, web, visit)
    asker = known_asker_of(request, visit)
    if asker is None:
        raise HTTPException(404)
    chosen: list[str] = [one for one in record or () if one]
    if verb is ActionType.INTRODUCE and not chosen:
        verb = ActionType.ASK_BROKER
    if verb is ActionType.NOT_FOR_US and not chosen:
        web.runtime.service.logged(log_id, asker)
        return _redirect_to_answer(request, web, visit, log_id, said=None, about="choose")
    key = _checked(key)
    receipt = None
    for one in chosen or (None,):
        done = UserAction(
            # A form has one key, and does the same with each of those chosen.
            key=f"{asker.user}:{key}:{one or ''}",
            asker=asker,
            log_id=log_id,
            record_id=one,
            verb=verb,
            reason=reason,
            note=note or None,
            reply_to=reply_to(visit, contact, by_mail=bool(by_mail)),
            confirmed=confirmed,
        )
        try:
            receipt = web.runtime.service.act(done)
        except PersonalDataError:
            # The first of them is refused before anything is written.
            kept = [
                ("verb", verb.value),
                *(("record", other) for other in chosen),
                ("contact", contact),
                ("by_mail", by_mail),
                ("key", key),
            ]
            kept += [("reason", reason.value)] if reason else []
            return _warned(request, web, f"/a/{log_id}/act", "note", note, kept)
    if back == "mine":
        return RedirectResponse("/mine", 303)
    if (
        receipt
        and receipt.kind is ActionReceiptKind.MORE
        and receipt.reply is not None
        and receipt.reply.log_id is not None
    ):
        return _redirect_to_answer(request, web, visit, receipt.reply.log_id, said=None)
    return _redirect_to_answer(request, web, visit, log_id, said=None, about=chosen[0] if chosen else verb.value)


def _warned(request: Request, web: Web, action: str, name: str, text: str, kept: list[tuple[str, str]]) -> Response:
    """Ask whoever wrote of a certain person first; what they typed stands on the page and nowhere else."""
    kept = [(field, value) for field, value in kept if value]
    page = web.pages.render(request, "personal.html", action=action, name=name, text=text, kept=kept)
    # Whatever part of a page the form was in, the question takes the place of all of it.
    page.headers.update({"HX-Retarget": "#chat", "HX-Reselect": "#chat", "HX-Reswap": "outerHTML"})
    page.headers["Cache-Control"] = "no-store"
    return page


def _count(request: Request, web: Web, visit: Visit) -> None:
    """Count a question: a whole town hall may share an address, so that it stands only for who has no session yet."""
    web.limits.check("ask", visit.known_asker_id() or client_address(request))


def _redirect_to_answer(
    request: Request,
    web: Web,
    visit: Visit,
    log_id: str | None,
    *,
    said: ReplyKind | None,
    about: str = "",
) -> Response:
    """Lead on to the page with an answer; for htmx it is answered at once, with what to go to marked."""
    path = f"/a/{log_id}" if log_id else "/"
    told = said.value if said else ""
    if request.headers.get("hx-request") != "true":
        place = "#said" if said else f"#a-{log_id}"
        return RedirectResponse(f"{path}?said={told}{place}" if told else f"{path}{place}", 303)
    turns = _thread(request, web, visit, log_id) if log_id else []
    page = _page(request, web, turns, log_id=log_id, said=told, focus=about or ("said" if said else str(log_id)))
    page.headers["HX-Push-Url" if not about else "HX-Replace-Url"] = path
    return page


def _thread(request: Request, web: Web, visit: Visit, log_id: str) -> list[ThreadTurn]:
    asker = known_asker_of(request, visit)
    if asker is None:
        raise HTTPException(404)
    return web.runtime.service.thread(log_id, asker)


def _page(
    request: Request,
    web: Web,
    turns: list[ThreadTurn],
    *,
    log_id: str | None = None,
    said: str = "",
    focus: str = "",
    text: str = "",
) -> Response:
    shown = [_turn_values(request, web, turn) for turn in turns]
    # What is told beside an answer leaves the answer in sight.
    answered = [turn["log_id"] for turn in shown if turn["view"]]
    kind = ReplyKind(said) if said in SAID else None
    progress = messages(request.state.language).text("web.chat.progress")
    return web.pages.render(
        request,
        "chat.html",
        at=f"/a/{log_id}" if log_id else "/",
        turns=shown,
        current=log_id,
        open_turns={log_id, *answered[-1:]},
        said=reply_sentence(Reply(kind=kind, language=request.state.language), None) if kind else None,
        focus=focus,
        text=text[:MAX_QUESTION],
        covers=None if turns else _covered(web, messages(request.state.language)),
        new_key=_new_key,
        can_mail=can_mail(web.runtime),
        known=_known_contact(request, web) if turns else Reach(),
        reasons=list(RejectionReason),
        acts=_acts,
        asks=lambda path: _ASKS | {"hx-post": path, "data-progress": progress},
        share_address=lambda one: f"{web.settings.web_base_url or str(request.base_url).rstrip('/')}/s/{one}",
    )


def _known_contact(request: Request, web: Web) -> Reach:
    """Return how the asker said last that they are reached, so that nobody types it twice."""
    asker = known_asker_of(request, request.state.visit)
    reaches = (reach_of(case) for case in web.runtime.service.cases_of(asker)) if asker else ()
    return next((one for one in reaches if one.contact), Reach())


def _covered(web: Web, catalog: Messages) -> str:
    """Return what the base covers, as a sentence."""
    covered = web.coverage.covered()
    areas = catalog.listed([theme_name(area, catalog) for area in covered.areas])
    return catalog.text(
        "web.chat.covers", partners=covered.partners, schemes=covered.schemes, ideas=covered.ideas, areas=areas
    )


def _turn_values(request: Request, web: Web, turn: ThreadTurn) -> dict[str, object]:
    """Return a turn as the template takes it, in the language chosen or else in that of the question."""
    language: Language = request.state.chosen_language or turn.reply.language
    catalog = messages(language)
    plain = turn.reply.model_copy(update={"language": language})
    return {
        "log_id": turn.log_id,
        "asked": turn.asked,
        "view": view_of(turn.reply, turn.log_id, catalog, turn.done),
        "notes": [] if turn.reply.answer else note_sentences(plain),
        "bits": follow_up_parts_of(plain, web.settings.broker_contact),
        "choices": choice_labels(plain),
        "plain": None if turn.reply.answer else reply_sentence(plain, web.settings.broker_contact),
        "can_ask_broker": turn.reply.answer is not None or turn.reply.kind is ReplyKind.CONTACT,
        "say": Texts(catalog),
        "done": acts_on_whole(turn.done),
    }


def _alone(request: Request, web: Web, reply: Reply, log_id: str, *, shared: bool) -> Response:
    if reply.answer is None:
        raise HTTPException(404)
    catalog = messages(request.state.chosen_language or reply.language)
    page = web.pages.render(
        request, "answer.html", view=view_of(reply, log_id, catalog), say=Texts(catalog), log_id=log_id, shared=shared
    )
    # Whoever was sent the address may read it; nobody is to find it by searching.
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _acts(log_id: str) -> dict[str, str]:
    """Return what has htmx put the turn in place again that something was done with."""
    turn = f"#a-{log_id}"
    return {
        "hx-post": f"/a/{log_id}/act",
        "hx-target": turn,
        "hx-select": turn,
        "hx-swap": "outerHTML",
        "hx-disable": "find button",
    }


def _new_key() -> str:
    return secrets.token_hex(16)


def _checked(key: str) -> str:
    """Return a form's key, or a new one where it has none that we made."""
    return key if _KEY.fullmatch(key) else _new_key()
