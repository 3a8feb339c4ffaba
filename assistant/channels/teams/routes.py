"""The address that Teams calls, for the app that all channels share.

Invariant: nothing is done for a call whose token is not Teams'; what Teams tells is in the inbox before it is told that
we have it. A message is answered at once and worked on after; a click gets its card within the time that Teams waits,
or is told that it comes later. What is malformed is refused as such.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from assistant.channels.inbox import Inbox, InboxEvent
from assistant.channels.teams import payloads
from assistant.channels.teams.activities import Activity, read
from assistant.channels.teams.call_verifier import CallVerifier, RefusedError
from assistant.channels.teams.dialogs import Dialogs
from assistant.channels.teams.job_handler import JobHandler
from assistant.channels.teams.jobs import AskJob, Job, WarnJob, cleared, packed
from assistant.channels.teams.payloads import job_of_arrival, job_of_click, job_of_message
from assistant.channels.teams.pending_clicks import ClickResult
from assistant.channels.teams.places import TeamsPlace, place_of
from assistant.platform.redaction import redact
from assistant.render.adaptive import CONTENT_TYPE
from assistant.render.teams_actions import NEED

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.requests import Request

    from assistant.channels.teams.withheld import Sealed
    from assistant.channels.worker import Worker

MESSAGES_PATH = "/teams/messages"
ANSWER_SECONDS = 8.0
"""Seconds that a click is waited for; Teams shows a failure after ten at the least."""
_TOLD = "application/vnd.microsoft.activity.message"
_log = logging.getLogger(__name__)


class Reception:
    """Takes in what Teams tells."""

    def __init__(self, guard: CallVerifier, inbox: Inbox, worker: Worker, handler: JobHandler, sealed: Sealed) -> None:
        self._guard = guard
        self._inbox = inbox
        self._worker = worker
        self._handler = handler
        self._dialogs = Dialogs(handler.people)
        self._seals, self._withheld = sealed

    async def messages(self, request: Request) -> Response:
        """Answer a call."""
        try:
            peeked = self._guard.peek(
                request.headers.get("authorization", ""), request.client.host if request.client else None
            )
            activity = read(_json(await request.body()))
            place = place_of(activity) if activity else None
            if activity is None or place is None:
                return Response("expected an activity of Teams'", status_code=400)
            await self._guard.check(peeked, activity)
        except RefusedError as error:
            _log.info("teams: a call was refused (%s)", error)
            return Response(status_code=error.status)
        try:
            return await self._answer(activity, place)
        except Exception:  # noqa: BLE001 (Teams tells it again, and nobody sees a stack trace)
            _log.exception("teams: a call from Teams could not be dealt with")
            return Response("try again", status_code=503)

    async def _answer(self, activity: Activity, place: TeamsPlace) -> Response:
        if activity.type == "invoke":
            return await self._invoked(activity, place)
        job = job_of_message(activity, place) if activity.type == "message" else job_of_arrival(activity, place)
        if job is not None:
            await self._take(job)
        return Response(status_code=200)

    async def _invoked(self, activity: Activity, place: TeamsPlace) -> Response:
        match activity.name:
            case payloads.CARD_ACTION:
                job_clicked = job_of_click(activity, place, self._seals, self._withheld)
                return _invoke_response(await self._clicked(job_clicked, place))
            case payloads.OPEN_DIALOG:
                return JSONResponse(await self._dialogs.opened(place, activity.chosen_message()))
            case payloads.DIALOG:
                job = payloads.job_of_dialog(activity, place)
                if job is not None and (job.confirmed or not redact(job.text).personal):
                    await self._take(job)
                return JSONResponse(await self._dialogs.sent(place, activity.filled_in(NEED), job))
            case _:
                return Response(status_code=501)

    async def _clicked(self, job: Job | None, place: TeamsPlace) -> ClickResult:
        if job is None:
            return await self._handler.stale(place)
        if (refused := await self._handler.refused(job)) is not None:
            return refused
        later = await self._handler.later(place)
        outcome, is_first = self._handler.clicks.expect(job.key)
        if not is_first:
            # Told again while the first one waits: both get the same.
            return await outcome
        try:
            if not await self._take(job):
                return later
            async with asyncio.timeout(ANSWER_SECONDS):
                return await asyncio.shield(outcome)
        except TimeoutError:
            return later
        finally:
            self._handler.clicks.give_up(job.key, later)

    async def _take(self, job: Job) -> bool:
        """Take a job in and have it done; tell whether it is new."""
        clean = cleared(job)
        event = InboxEvent(key=job.key, job=packed(clean))
        if not await self._inbox.take(event):
            return False
        if isinstance(job, AskJob) and isinstance(clean, WarnJob):
            self._withheld.keep(job)
        self._worker.put(event)
        return True


def make_router(reception: Reception) -> APIRouter:
    """Return the route."""
    from fastapi import APIRouter

    router = APIRouter()
    # What is sent is read and judged above, so this is no operation of ours with parameters and a schema.
    router.add_route(MESSAGES_PATH, reception.messages, methods=["POST"])
    return router


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _invoke_response(outcome: ClickResult) -> Response:
    body: dict[str, Any] = (
        {"statusCode": 200, "type": CONTENT_TYPE, "value": outcome.card}
        if outcome.card is not None
        else {"statusCode": 200, "type": _TOLD, "value": outcome.text}
    )
    return JSONResponse(body)
