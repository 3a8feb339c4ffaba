"""What every request passes, outermost first: the log, the headers, the guards, the visit.

Invariant: all are plain ASGI, so that answers stream. No log line holds a question, a query, an address of a person
or a cookie. Whatever goes wrong inside leaves as an answer with a number that stands in the log.
"""

from __future__ import annotations

import asyncio
import re
import time
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, multiprocess
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access.sessions import Visit
from assistant.channels.web import languages
from assistant.channels.web.errors import answer_error
from assistant.platform.settings import Settings
from corpus.text import Language

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_PROOF = ("/slack/", "/api/", "/teams/")
"""Paths whose callers prove themselves by signature or token in each request; the session's cookie counts nothing."""
READS_ONLY = ("/reconcile",)
"""Paths of which nothing is changed by any method, so that pages of others may post to them."""
COOKIELESS = (*OWN_PROOF, *READS_ONLY, "/embed", "/mcp")
"""Paths for which no cookie is read and none is set."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LARGE = ("/desk/", "/api/v1/records", "/slack/", "/teams/")
"""Paths of who has proved who they are before the body counts, and may send records or whole messages."""
OPEN_BODY_BYTES = 131_072
"""The largest body elsewhere: a question of the most characters in a form takes a fifth of it."""
_LENGTH_DIGITS = 18
PROBED = frozenset({"/healthz", "/readyz"})
"""Paths that machines ask under whatever name they know this one by; they tell nothing."""
COLLECTED = "/metrics"
_METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}

log = structlog.get_logger("mellomrom.web")


def content_security_policy(frame_ancestors: str = "'none'") -> str:
    """Return the policy of a page: our own files and nothing else; who may frame it is the one thing that varies."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; manifest-src 'self'; "
        f"frame-ancestors {frame_ancestors}"
    )


class Metrics:
    """What a collector may read: how many requests, of which routes, how fast.

    Where several processes serve, each keeps what it counts in files of a folder, and every one tells the sums.
    """

    def __init__(self, shared: Path | None = None) -> None:
        self._shared = shared
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "mellomrom_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "mellomrom_http_request_seconds", "Seconds to the first byte.", ("route",), registry=self.registry
        )
        self.answers = Counter(
            "mellomrom_answers", "Questions answered.", ("channel", "outcome"), registry=self.registry
        )

    def collected(self) -> CollectorRegistry:
        """Return what is to be told: what this process counted, or the sums of all that share a folder."""
        if self._shared is None:
            return self.registry
        summed = CollectorRegistry()
        multiprocess.MultiProcessCollector(summed, path=str(self._shared))  # type: ignore[no-untyped-call]
        return summed


class RequestLog:
    """Gives each request a number, counts and logs it, and answers for whatever went wrong inside."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        begun, status, first_byte = time.perf_counter(), 0, 0.0

        async def tell(message: Message) -> None:
            nonlocal status, first_byte
            if message["type"] == "http.response.start":
                status, first_byte = message["status"], time.perf_counter() - begun
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, tell)
            except Exception:
                log.exception("request failed", method=scope["method"], route=_route(scope))
                if status:
                    raise
                await (await answer_error(Request(scope, receive), 500))(scope, receive, tell)
            finally:
                route = _route(scope)
                # Whatever a caller makes up must not become a label.
                method = scope["method"] if scope["method"] in _METHODS else "(other)"
                self.metrics.requests.labels(method, route, status).inc()
                self.metrics.seconds.labels(route).observe(first_byte)
                total = time.perf_counter() - begun
                if route not in {"/healthz", "/readyz", "/metrics", "/static"}:
                    log.info(
                        "request",
                        method=scope["method"],
                        route=route,
                        status=status,
                        first_byte_ms=round(first_byte * 1000, 1),
                        total_ms=round(total * 1000, 1),
                    )


def _route(scope: Scope) -> str:
    """Return the template of a route, so that neither log nor metrics hold what addresses name."""
    if scope["path"].startswith("/static/"):
        return "/static"
    route = scope.get("route")
    path = getattr(route, "path", None)
    return str(path) if path else "(none)"


class HeadAsGet:
    """Answers HEAD wherever GET is answered, as GET would be, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        asked = {**scope, "method": "GET"}
        try:
            await self.app(asked, receive, without_body)
        finally:
            scope["route"] = asked.get("route")


class SecurityHeaders:
    """Puts the headers on every answer that tell the browser what not to do."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
        if settings.web_is_https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def protect(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
                    headers["X-Frame-Options"] = "DENY"
            await send(message)

        await self.app(scope, receive, protect)


class HostGuard:
    """Answers only under the names that the installation goes by, so that no other site can be pointed at it."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        host = urlsplit(settings.web_base_url).hostname if settings.web_base_url else None
        self.names = LOOPBACK | ({host} if host else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "http" and not self._is_known(scope["path"], Headers(scope=scope)):
            await (await answer_error(Request(scope, receive), 421))(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_known(self, path: str, headers: Headers) -> bool:
        # A collector asks each machine by a name that no visitor uses; it is let in by its token alone.
        is_asked_by_machines = path in PROBED or (path == COLLECTED and "authorization" in headers)
        return is_asked_by_machines or _host(headers.get("host", "")) in self.names


class CrossOriginGuard:
    """Refuses requests that change something and were sent by another site's page.

    Browsers say where a request comes from (Sec-Fetch-Site); older ones, and plain http, name at least the origin.
    What sends neither is no browser, and holds no cookie that somebody else could ride on.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "http" and not _is_from_here(scope):
            await (await answer_error(Request(scope, receive), 403, "web.error.cross_site"))(scope, receive, send)
            return
        await self.app(scope, receive, send)


UPLOADS_TO = re.compile(r"/desk/records/import|/desk/cases/[0-9a-z]+/attachments")
"""The addresses that files are sent to."""


class BodyLimit:
    """Refuses what is too large, at once where it says so, else when it turns out to be; and what takes too long."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.most = settings.web_max_body_bytes
        self.most_uploaded = max(self.most, settings.web_max_upload_bytes)
        self.seconds = settings.web_body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # What anybody may send is short; a form of small pieces takes more time to take apart than to answer.
        most = self.most if scope["path"].startswith(LARGE) else min(self.most, OPEN_BODY_BYTES)
        if UPLOADS_TO.fullmatch(scope["path"]):
            most = self.most_uploaded
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdecimal() and (len(length) > _LENGTH_DIGITS or int(length) > most):
            await (await answer_error(Request(scope, receive), 413))(scope, receive, send)
            return
        read, whole, until = 0, False, asyncio.get_running_loop().time() + self.seconds

        async def counted() -> Message:
            nonlocal read, whole
            if whole:
                # What is waited for now is that the caller goes away.
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, headers={"Connection": "close"}) from error
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > most:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


class Visits:
    """Gives each request its language and its visit, and sets their cookies on the answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.otherwise = settings.language or Language.NB
        self.secure = settings.web_is_https
        self.cookie = session_cookie(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, cookieless = Headers(scope=scope), scope["path"].startswith(COOKIELESS)
        cookies = {} if cookieless else _cookies(headers.get("cookie", ""))
        asked = QueryParams(scope["query_string"]).get("lang")
        state: dict[str, Any] = scope.setdefault("state", {})
        chosen = cookies.get(languages.COOKIE)
        state["language"] = languages.choose(asked, chosen, headers.get("accept-language", ""), self.otherwise)
        state["chosen_language"] = languages.language(asked) or languages.language(chosen)
        state["theme"] = cookies.get("mellomrom_theme")
        visit = state["visit"] = Visit(cookies.get(self.cookie))

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start" and not cookieless:
                answer = MutableHeaders(scope=message)
                if visit.new_token is not None:
                    answer.append("Set-Cookie", self._set(self.cookie, visit.new_token, visit.max_age))
                if languages.language(asked) and asked != chosen:
                    answer.append("Set-Cookie", self._set(languages.COOKIE, str(asked), 365 * 86_400))
            await send(message)

        await self.app(scope, receive, remember)

    def _set(self, name: str, value: str, max_age: int) -> str:
        secure = "; Secure" if self.secure else ""
        return f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"


def session_cookie(settings: Settings) -> str:
    """Return the name of the session's cookie; where the web is https, browsers hold it to this host and to https."""
    return "__Host-mellomrom" if settings.web_is_https else "mellomrom"


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _host(value: str) -> str:
    try:
        return urlsplit(f"//{value}").hostname or "" if value.isascii() else ""
    except ValueError:
        # Such as half an address of IPv6.
        return ""


def _is_from_here(scope: Scope) -> bool:
    if scope["method"] in SAFE_METHODS or scope["path"].startswith((*OWN_PROOF, *READS_ONLY)):
        return True
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in {"same-origin", "none"}
    if origin is not None:
        try:
            return urlsplit(origin).netloc == headers.get("host", "")
        except ValueError:
            return False
    return True
