"""Answers as cards of one conversation, with tokens that are good only there.

Invariant: the same answer makes the same card whenever it is shown again, with what was done with it meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.render.replies import note_sentences, only_kind, questions_back
from assistant.render.teams import AnswerOptions, render_answer, render_more
from assistant.render.teams_actions import AboutAnswer
from assistant.render.teams_cards import render_choices, render_contact
from assistant.service.messages import LoggedAnswer, PastAction, Reply, ReplyKind

if TYPE_CHECKING:
    from assistant.channels.teams.card_tokens import CardTokens
    from assistant.channels.teams.places import TeamsPlace
    from assistant.platform.settings import Settings
    from assistant.render.adaptive import Card


class AnswerCards:
    """Makes the cards of answers."""

    def __init__(self, settings: Settings, seals: CardTokens) -> None:
        self._contact = settings.broker_contact
        self._base_url = settings.web_base_url
        self._seals = seals

    def shared_url(self, log_id: str) -> str:
        """Return where others see an answer that was shared."""
        return f"{self._base_url or ''}/s/{log_id}"

    def first(self, reply: Reply, place: TeamsPlace, done: Sequence[PastAction] = ()) -> Card | None:
        """Return the card of a reply; None where a sentence says it all."""
        if reply.log_id is None:
            return self._answer(reply, "", place, done) if reply.answer else None
        token = self._seals.sealed(AboutAnswer(log_id=reply.log_id), place.tenant, place.conversation)
        return self._answer(reply, token, place, done)

    def part(
        self,
        logged: LoggedAnswer,
        about: AboutAnswer,
        place: TeamsPlace,
        done: Sequence[PastAction],
        *,
        notice: str = "",
        draft: str = "",
    ) -> Card | None:
        """Return the card that is about an answer, or a part of it, as it is now."""
        token = self._seals.sealed(about, place.tenant, place.conversation)
        if about.kind is None or logged.reply.answer is None:
            return self._answer(logged.reply, token, place, done, notice=notice, draft=draft)
        shown = AnswerOptions(token, done=done, notice=notice, draft=draft)
        return render_more(logged.reply.answer, shown, about.kind, about.start)

    def _answer(
        self,
        reply: Reply,
        token: str,
        place: TeamsPlace,
        done: Sequence[PastAction],
        *,
        notice: str = "",
        draft: str = "",
    ) -> Card | None:
        if reply.answer is None:
            if reply.kind is ReplyKind.CONTACT:
                return render_contact(reply, self._contact, token, notice, draft)
            return render_choices(reply, self._contact, token) if reply.choices and token else None
        shown = AnswerOptions(
            token,
            notes=note_sentences(reply),
            questions=questions_back(reply),
            only=only_kind(reply),
            done=done,
            notice=notice,
            draft=draft,
            can_share=place.personal and self._base_url is not None,
        )
        return render_answer(reply.answer, shown)
