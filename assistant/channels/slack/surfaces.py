"""Modals, App Home and suggested prompts: what Slack wants at once.

Invariant: a modal is opened within Slack's three seconds, so nothing slow stands before it; what is submitted is
checked here, and told beside the field where it cannot be used.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

import anyio.to_thread

from assistant.channels.municipalities import Municipality
from assistant.channels.slack import payloads
from assistant.channels.slack.jobs import asker_at
from assistant.channels.slack.shapes import Body, part
from assistant.channels.slack.shapes import text as text_at
from assistant.dialogue.understanding import has_words
from assistant.platform.messages import Messages, messages
from assistant.platform.redaction import redact
from assistant.platform.user_text import bounded
from assistant.render.block_kit import View
from assistant.render.replies import outcome_sentence
from assistant.render.slack import render_text
from assistant.render.slack_actions import CallbackId, about_saved
from assistant.render.slack_views import (
    CONFIRMED,
    REASON,
    SHOWN_AT_HOME,
    TEXT,
    AskedBefore,
    Home,
    render_ask_broker_modal,
    render_ask_modal,
    render_home,
    render_municipality_modal,
    render_not_for_us_modal,
    with_warning,
)
from assistant.service.messages import ActionType, RejectionReason
from corpus.text import Language

if TYPE_CHECKING:
    from slack_bolt.response import BoltResponse

    from assistant.channels.slack.clients import Clients
    from assistant.channels.slack.delivery import Delivery
    from assistant.channels.slack.job_handler import JobHandler
    from assistant.channels.slack.jobs import Job
    from assistant.channels.slack.places import SlackPlace
    from assistant.service.container import Runtime

Ack = Callable[..., Awaitable["BoltResponse"]]
_PROMPTS = ("partners", "schemes", "ideas")


class Submitted(NamedTuple):
    """What comes of a modal: at most one of these."""

    job: Job | None = None
    errors: dict[str, str] | None = None
    """What is wrong, by field."""
    again: View | None = None
    """The modal once more, with a warning."""


class ViewHandlers:
    """Opens what Slack shows at once, and reads what is submitted."""

    def __init__(
        self,
        runtime: Runtime,
        clients: Clients,
        delivery: Delivery,
        conversing: JobHandler,
    ) -> None:
        self._runtime = runtime
        self._clients = clients
        self._delivery = delivery
        self._people = conversing.people
        self._brokers = conversing.brokers
        self._conversing = conversing
        self._news = conversing.news

    async def opened(self, body: Body) -> None:
        """Show what belongs to the tab of the app that somebody opened."""
        event = part(body, "event")
        place = payloads.place_of({**body, "user_id": event.get("user"), "channel_id": event.get("channel")})
        if place is None:
            return
        if event.get("tab") == "messages":
            text = (await self._catalog(place)).text
            prompts = [
                {"title": text(f"slack.prompt.{prompt}"), "message": text(f"slack.prompt.{prompt}.message")}
                for prompt in _PROMPTS
            ]
            await self._delivery.prompts(place, text("slack.prompts.title"), prompts)
        else:
            await self.show_home(place)

    async def show_home(self, place: SlackPlace) -> None:
        """Show somebody their App Home as it is now."""
        view = await anyio.to_thread.run_sync(self._home, place)
        await self._delivery.home(place, view)

    async def open_ask(self, ack: Ack, body: Body) -> None:
        """Open the modal where somebody asks."""
        await ack()
        await self._open(body, render_ask_modal)

    async def open_ask_for_message(self, ack: Ack, body: Body) -> None:
        """Open the same modal with the words of a message, so that its reader decides what is asked."""
        await ack()
        text = bounded(payloads.words_of(part(body, "message"))).text
        await self._open(body, lambda catalog, kept: render_ask_modal(catalog, kept, text))

    async def open_not_for_us(self, ack: Ack, body: Body) -> None:
        """Open the modal where somebody says why a suggestion is not for them."""
        await ack()

        await self._open(body, lambda catalog, kept: render_not_for_us_modal(catalog, kept, _reasons(catalog)))

    async def open_ask_broker(self, ack: Ack, body: Body) -> None:
        """Open the modal where somebody asks the broker."""
        await ack()
        await self._open(body, render_ask_broker_modal)

    async def open_municipality(self, ack: Ack, body: Body) -> None:
        """Open the modal where somebody says which municipality they are in."""
        await ack()
        place = payloads.place_of(body)
        known = await self._people.municipality(place) if place else None
        text = known.name or known.number if known else ""
        await self._open(body, lambda catalog, kept: render_municipality_modal(catalog, kept, text))

    async def open_move(self, ack: Ack, body: Body) -> None:
        """Open the modal where a broker says why a case is moved."""
        await ack()
        state = payloads.state_of(body)
        await self._open(body, lambda catalog, kept: self._brokers.reason_modal(catalog, kept, state))

    def needs_reason(self, body: Body) -> bool:
        """Tell whether a case is only moved there with a reason."""
        return self._brokers.needs_reason(payloads.state_of(body))

    async def submitted(self, body: Body) -> Submitted:
        """Return what comes of a modal."""
        place = payloads.place_of(body)
        if place is None:
            return Submitted()
        catalog = await self._catalog(place)
        written = payloads.submitted(body, TEXT, TEXT)
        view = _again(catalog, body, written)
        if view is not None and not payloads.is_ticked(body, CONFIRMED, CONFIRMED) and redact(written).personal:
            return Submitted(again=with_warning(catalog, view))
        return Submitted(*self._asked_for(catalog.text, body, written))

    def _asked_for(self, text: Callable[[str], str], body: Body, written: str) -> tuple[Job | None, dict[str, str]]:
        """Return what a modal asks for, or what is wrong with each of its fields."""
        reason = payloads.submitted(body, REASON, REASON)
        match text_at(body, "view", "callback_id"):
            case CallbackId.ASK:
                if has_words(written):
                    return payloads.ask_from_modal(body, written), {}
                return None, {TEXT: text("slack.ask.no_words")}
            case CallbackId.ASK_BROKER:
                if has_words(written):
                    return payloads.act_from_modal(body, ActionType.ASK_BROKER, None, written), {}
                return None, {TEXT: text("slack.ask_broker.no_words")}
            case CallbackId.NOT_FOR_US:
                if reason in set(RejectionReason):
                    return payloads.act_from_modal(
                        body, ActionType.NOT_FOR_US, RejectionReason(reason), written or None
                    ), {}
                return None, {REASON: text("slack.choose_first")}
            case CallbackId.MOVE:
                job = payloads.move_from_modal(body, reason or None, written or None)
                if job and self._brokers.needs_reason(job.state) and not reason:
                    return None, {REASON: text("slack.choose_first")}
                return job, {}
            case _:
                return None, {}

    async def municipality_submitted(self, ack: Ack, body: Body) -> None:
        """Keep the municipality somebody chose, or say beside the field that it is not known."""
        place = payloads.place_of(body)
        written = payloads.submitted(body, TEXT, TEXT)
        if place is None:
            await ack()
            return
        municipality: Municipality | None = None
        if written:
            municipality = await anyio.to_thread.run_sync(self._people.find, written)
            if municipality is None:
                text = (await self._catalog(place)).text
                await ack(response_action="errors", errors={TEXT: text("slack.municipality.unknown", got=written[:60])})
                return
        await self._people.set_municipality(place, municipality.number if municipality else None)
        await ack()
        await self.show_home(place)

    async def language_chosen(self, ack: Ack, body: Body) -> None:
        """Keep the language somebody chose."""
        place, chosen = payloads.place_of(body), text_at(payloads.clicked(body), "selected_option", "value")
        if place is not None and chosen in set(Language):
            await self._people.set_language(place, Language(chosen))
        await ack()
        if place is not None:
            await self.show_home(place)

    async def show_again(self, ack: Ack, body: Body) -> None:
        """Send somebody an answer of theirs once more, in a direct message."""
        await ack()
        place = payloads.place_of(body)
        if place is not None:
            await self._conversing.show_again(place, text_at(payloads.clicked(body), "value"))

    async def stop_saved(self, ack: Ack, body: Body) -> None:
        """Stop a saved need, and show App Home without it."""
        await ack()
        place, about = payloads.place_of(body), about_saved(text_at(payloads.clicked(body), "value"))
        if place is not None and about is not None:
            await anyio.to_thread.run_sync(self._news.stop, place, about.need_id)
            await self.show_home(place)

    async def stale(self, body: Body) -> None:
        """Tell somebody that a button does nothing any more."""
        place = payloads.place_of(body)
        if place is not None:
            await self._delivery.tell(place, render_text((await self._catalog(place)).text("slack.stale")))

    async def unknown_command(self, body: Body) -> str:
        """Return what is said to a command that we do not know."""
        place = payloads.place_of(body)
        catalog = await self._catalog(place) if place else messages(Language.NB)
        return catalog.text("slack.unknown_command")

    def _home(self, place: SlackPlace) -> View:
        asker, service = asker_at(place), self._runtime.service
        catalog = messages(self._people.language_of(place))
        asked = [
            AskedBefore(
                log_id=question.log_id,
                question=question.question or "",
                at=question.at,
                outcome=outcome_sentence(question.reply, catalog),
            )
            for question in service.questions_of(asker, SHOWN_AT_HOME)
        ]
        cases = [self._brokers.at_home(case, catalog) for case in service.cases_of(asker)]
        municipality = self._people.municipality_of(place)
        home = Home(
            questions=tuple(asked),
            cases=tuple(cases),
            saved=tuple(self._news.at_home(place)),
            municipality=municipality.shown() if municipality else None,
        )
        return render_home(catalog, home)

    async def _open(self, body: Body, view: Callable[[Messages, str], View]) -> None:
        place = payloads.place_of(body)
        if place is None or not text_at(body, "trigger_id"):
            return
        catalog = await self._catalog(place)
        remembered = payloads.metadata(body)
        client = await self._clients.of(place.team, place.enterprise)
        await client.views_open(trigger_id=body["trigger_id"], view=dict(view(catalog, remembered)))

    async def _catalog(self, place: SlackPlace) -> Messages:
        return messages(await self._people.language(place))


def _reasons(catalog: Messages) -> list[tuple[str, str]]:
    return [(one.value, catalog.text(f"not_for_us.{one}")) for one in RejectionReason]


def _again(catalog: Messages, body: Body, written: str) -> View | None:
    """Return a modal as it was submitted, to be shown once more; None for one whose text is no asker's."""
    kept, reason = text_at(body, "view", "private_metadata"), payloads.submitted(body, REASON, REASON)
    match text_at(body, "view", "callback_id"):
        case CallbackId.ASK:
            return render_ask_modal(catalog, kept, written)
        case CallbackId.ASK_BROKER:
            return render_ask_broker_modal(catalog, kept, written)
        case CallbackId.NOT_FOR_US:
            return render_not_for_us_modal(catalog, kept, _reasons(catalog), reason, written)
        case _:
            return None
