"""What the app listens to in Slack, wired to bolt.

Invariant: what somebody asks or does is in the inbox before Slack is told that we have it, and is worked on after; a
thing told twice is taken in once. Only what needs Slack's three seconds, opening a modal, is done at once.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from slack_bolt.response import BoltResponse

from assistant.channels.inbox import Inbox, InboxEvent
from assistant.channels.slack import payloads
from assistant.channels.slack.jobs import AskJob, Job, WarnJob, cleared, packed
from assistant.channels.slack.shapes import Body, at, text
from assistant.channels.worker import Worker
from assistant.render.slack_actions import ActionId, CallbackId

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from assistant.channels.slack.installations import Installations
    from assistant.channels.slack.surfaces import ViewHandlers
    from assistant.channels.slack.withheld import Withheld

_log = logging.getLogger(__name__)
Next = Callable[[], Awaitable[None]]
Ack = Callable[..., Awaitable[BoltResponse]]
_ANYTHING = re.compile(".*", re.DOTALL)
COMMAND = "/mellomrom"


class Listeners:
    """Registers what the app listens to."""

    def __init__(
        self,
        inbox: Inbox,
        worker: Worker,
        surfaces: ViewHandlers,
        installations: Installations | None,
        withheld: Withheld,
    ) -> None:
        self._inbox = inbox
        self._withheld = withheld
        self._worker = worker
        self._surfaces = surfaces
        self._installations = installations

    def register(self, app: AsyncApp) -> None:
        """Register all listeners with bolt."""
        self._events(app)
        self._clicks(app)
        self._modals(app)
        self._the_rest(app)

    async def take(self, job: Job | None) -> bool:
        """Take a job in and have it done; tell whether there was one that is new."""
        if job is None:
            return False
        clean = cleared(job)
        event = InboxEvent(key=job.key, job=packed(clean))
        if not await self._inbox.take(event):
            return False
        if isinstance(job, AskJob) and isinstance(clean, WarnJob):
            self._withheld.keep(job)
        self._worker.put(event)
        return True

    def _events(self, app: AsyncApp) -> None:
        async def asked(body: Body, next: Next) -> None:  # noqa: A002 (bolt's name)
            await self.take(payloads.ask_from_event(body))
            await next()

        async def acknowledged() -> None:
            """Leave the work to the worker."""

        app.event("app_mention", middleware=[asked])(acknowledged)
        app.event("message", middleware=[asked])(acknowledged)
        app.event("app_home_opened")(self._surfaces.opened)
        app.event("app_uninstalled")(self._uninstalled)
        app.event("tokens_revoked")(self._revoked)

    def _clicks(self, app: AsyncApp) -> None:
        def taking(job_of: Callable[[Body], Job | None]) -> Callable[..., Awaitable[None]]:
            async def clicked(ack: Ack, body: Body) -> None:
                job = job_of(body)
                if job is None:
                    await ack()
                    await self._surfaces.stale(body)
                    return
                await self.take(job)
                await ack()

            return clicked

        for action in (ActionId.INTRODUCE, ActionId.MORE_LIKE_THIS, ActionId.SHARE):
            app.action(action.value)(taking(payloads.act_from_click))
        app.action(ActionId.FEEDBACK.value)(taking(payloads.feedback_from_click))
        app.action(ActionId.SHOW_MORE.value)(taking(payloads.more_from_click))
        app.action(ActionId.SEND_ANYWAY.value)(taking(self._sent_anyway))
        app.action(ActionId.WHY.value)(taking(payloads.why_from_click))
        app.action(re.compile(f"^{ActionId.CHOOSE}:"))(taking(payloads.choice_from_click))
        app.action(ActionId.SAVE.value)(taking(payloads.save_from_click))
        app.action(re.compile(f"^{ActionId.SAVED}:"))(taking(payloads.saved_from_click))
        app.action(ActionId.STOP_AT_HOME.value)(self._surfaces.stop_saved)
        app.action(ActionId.NOT_FOR_US.value)(self._surfaces.open_not_for_us)
        app.action(ActionId.ASK_BROKER.value)(self._surfaces.open_ask_broker)
        app.action(ActionId.ASK.value)(self._surfaces.open_ask)
        app.action(ActionId.MUNICIPALITY.value)(self._surfaces.open_municipality)
        app.action(ActionId.LANGUAGE.value)(self._surfaces.language_chosen)
        app.action(ActionId.SHOW_AGAIN.value)(self._surfaces.show_again)

        async def moved(ack: Ack, body: Body) -> None:
            if self._surfaces.needs_reason(body):
                await self._surfaces.open_move(ack, body)
                return
            await taking(payloads.move_from_click)(ack, body)

        app.action(re.compile(f"^{ActionId.MOVE}:"))(moved)

    def _modals(self, app: AsyncApp) -> None:
        async def submitted(ack: Ack, body: Body) -> None:
            submitted = await self._surfaces.submitted(body)
            if submitted.errors:
                await ack(response_action="errors", errors=submitted.errors)
            elif submitted.again is not None:
                await ack(response_action="update", view=dict(submitted.again))
            else:
                await self.take(submitted.job)
                await ack()

        for modal in (CallbackId.ASK, CallbackId.NOT_FOR_US, CallbackId.ASK_BROKER, CallbackId.MOVE):
            app.view(modal.value)(submitted)
        app.view(CallbackId.MUNICIPALITY.value)(self._surfaces.municipality_submitted)
        app.shortcut(CallbackId.FIND_FOR_MESSAGE.value)(self._surfaces.open_ask_for_message)
        app.shortcut(CallbackId.ASK_ANYWHERE.value)(self._surfaces.open_ask)

        async def commanded(ack: Ack, body: Body) -> None:
            # Slack shows what an acknowledgement says after what is sent later, so that it says nothing.
            await self.take(payloads.ask_from_command(body))
            await ack()

        app.command(COMMAND)(commanded)

    def _the_rest(self, app: AsyncApp) -> None:
        async def unknown_command(ack: Ack, body: Body) -> None:
            await ack(response_type="ephemeral", text=await self._surfaces.unknown_command(body))

        async def unknown_action(ack: Ack, body: Body) -> None:
            await ack()
            await self._surfaces.stale(body)

        async def ignored(ack: Ack) -> None:
            await ack()

        app.command(_ANYTHING)(unknown_command)
        app.action(_ANYTHING)(unknown_action)
        app.view(_ANYTHING)(ignored)
        app.view_closed(_ANYTHING)(ignored)
        app.shortcut(_ANYTHING)(ignored)
        app.options(_ANYTHING)(ignored)
        app.event(_ANYTHING)(ignored)

    def _sent_anyway(self, body: Body) -> AskJob | None:
        warning = payloads.place_of(body)
        return self._withheld.opened(text(payloads.clicked(body), "value"), warning) if warning else None

    async def _uninstalled(self, body: Body) -> None:
        await self._forget(body)

    async def _revoked(self, body: Body) -> None:
        if at(body, "event", "tokens", "bot"):
            await self._forget(body)

    async def _forget(self, body: Body) -> None:
        if self._installations is not None:
            enterprise = body.get("enterprise_id") if body.get("is_enterprise_install") else None
            await self._installations.async_delete_installation(enterprise_id=enterprise, team_id=body.get("team_id"))


async def log_failure(error: Exception) -> None:
    """Log that a call from Slack could not be dealt with; bolt answers it with 500, and Slack tells it again."""
    _log.error("slack: a call from Slack could not be dealt with", exc_info=error)
