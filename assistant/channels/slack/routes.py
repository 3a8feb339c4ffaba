"""The addresses that Slack calls, for the app that all channels share.

Invariant: nothing is read of a request before its signature is checked; one that is signed and cannot be read is
refused as such, and one that could not be dealt with is answered so that Slack tells it again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from slack_sdk.signature import SignatureVerifier

from assistant.channels.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from assistant.channels.slack.shapes import is_known

if TYPE_CHECKING:
    from fastapi import APIRouter
    from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
    from slack_bolt.async_app import AsyncApp
    from starlette.requests import Request
    from starlette.responses import Response

_MOST_FIELDS = 100
"""Fields of a form that are read; Slack sends some fifteen."""
_log = logging.getLogger(__name__)


def make_router(app: AsyncApp, signing_secret: str | None, *, installs: bool) -> APIRouter:
    """Return the routes.

    Args:
        app: What answers.
        signing_secret: What Slack signs its calls with; without it Slack has no business calling.
        installs: Whether workspaces may install the app.
    """
    from fastapi import APIRouter
    from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler

    router = APIRouter()
    handler = AsyncSlackRequestHandler(app)

    async def installing(request: Request) -> Response:
        return await handler.handle(request)

    # Slack's software reads the requests itself, so these are no operations of ours with parameters and a schema.
    if signing_secret:
        router.add_route(EVENTS_PATH, _events(handler, SignatureVerifier(signing_secret)), methods=["POST"])
    if installs:
        router.add_route(INSTALL_PATH, installing, methods=["GET"])
        router.add_route(REDIRECT_PATH, installing, methods=["GET"])
    return router


def _events(handler: AsyncSlackRequestHandler, verifier: SignatureVerifier) -> Callable[[Request], Awaitable[Response]]:
    from starlette.responses import Response

    async def events(request: Request) -> Response:
        body = await request.body()
        if not _is_signed(verifier, body, request):
            return Response("the signature is not Slack's", status_code=401)
        if not readable(body, request.headers.get("content-type", "")):
            return Response("expected what Slack sends: JSON, or a form with a payload", status_code=400)
        try:
            return await handler.handle(request)
        except (TypeError, AttributeError, LookupError) as error:
            # Slack's software, which takes the shape of a call for granted; what our listeners raise ends elsewhere.
            _log.warning("slack: a signed call had no shape of Slack's (%s)", type(error).__name__)
            return Response("expected what Slack sends", status_code=400)
        except Exception:  # noqa: BLE001 (Slack tells it again, and nobody sees a stack trace)
            _log.exception("slack: a call from Slack could not be dealt with")
            return Response("try again", status_code=503)

    return events


def _is_signed(verifier: SignatureVerifier, body: bytes, request: Request) -> bool:
    try:
        return verifier.is_valid_request(body, dict(request.headers))
    except (ValueError, TypeError):
        # A time that is no number, or a signature or a body that is no text.
        return False


def readable(raw: bytes, content_type: str) -> bool:
    """Tell whether a request's body is one that Slack's software can read."""
    try:
        text = raw.decode("utf-8")
        if "json" in content_type or text.startswith("{"):
            return _is_body(json.loads(text))
        form = parse_qs(text, strict_parsing=True, max_num_fields=_MOST_FIELDS)
        payload = form.get("payload")
        return _is_body(json.loads(payload[0])) if payload else True
    except (ValueError, RecursionError):
        return False


def _is_body(read: object) -> bool:
    return isinstance(read, dict) and is_known(read)
