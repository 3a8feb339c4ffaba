"""Microsoft's side of Teams, on this machine: the issuer of tokens with its keys, the login, and the connector that a
bot sends to. It signs with a real RSA key, keeps all that it is told, and refuses, delays and fails as planned."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from itertools import count
from typing import Any, NamedTuple

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

APP, TENANT = "11111111-2222-3333-4444-555555555555", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
SECRET = "a-client-secret"
ISSUER = "https://api.botframework.com"
BOT, KARI, OLA = f"28:{APP}", "29:kari", "29:ola"
NAMES = {KARI: "Kari Moe", OLA: "Ola Aune"}
CHANNEL, BROKERS = "19:fou@thread.tacv2", "19:meglere@thread.tacv2"
_numbers = count(1)


class Said(NamedTuple):
    """What the bot answered a call with."""

    status: int
    body: Any


class FakeTeams:
    """All of it, served from a thread of its own."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.service = f"{self.url}/teams/"
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self.key_id = "key-1"
        self.calls: list[tuple[str, str, dict[str, Any], str]] = []
        """Each call of the connector: method, path, body, and the authorization it came with."""
        self.fetched: list[str] = []
        """Which of keys and metadata were asked for."""
        self.planned: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
        """What the next calls of a method are answered instead."""
        self.keys_seconds = 0.0
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def sent(self, conversation: str | None = None) -> list[dict[str, Any]]:
        """Return the messages that the bot has sent, to one conversation or to all."""
        return [
            body
            for method, path, body, _ in self.calls
            if method == "POST" and body.get("type") == "message" and conversation in {None, path.split("/")[-2]}
        ]

    def cards(self, conversation: str | None = None) -> list[dict[str, Any]]:
        return [one["attachments"][0]["content"] for one in self.sent(conversation) if one.get("attachments")]

    def updated(self) -> list[dict[str, Any]]:
        return [body for method, _, body, _ in self.calls if method == "PUT"]

    def token(self, key: Any = None, key_id: str | None = None, algorithm: str = "RS256", **claims: Any) -> str:
        now = int(time.time())
        told = {"iss": ISSUER, "aud": APP, "serviceurl": self.service, "nbf": now, "exp": now + 3_600, **claims}
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(told, key or self.key, algorithm=algorithm, headers={"kid": key_id or self.key_id})

    def message(self, text: str, sender: str = KARI, conversation: str = "a:kari", **more: Any) -> dict[str, Any]:
        """Return a message as Teams tells it; one in a channel or group mentions the bot."""
        personal = conversation.startswith("a:")
        mention = {"type": "mention", "text": "<at>Mellomrom</at>", "mentioned": {"id": BOT, "name": "Mellomrom"}}
        return {
            "type": "message", "id": f"{next(_numbers)}", "timestamp": "2026-11-30T10:00:00Z", "channelId": "msteams",
            "serviceUrl": self.service,
            "from": {"id": sender, "name": NAMES.get(sender, "N"), "aadObjectId": f"aad-{sender[3:]}"},
            "recipient": {"id": BOT, "name": "Mellomrom"},
            "conversation": {
                "id": conversation, "tenantId": TENANT, "conversationType": "personal" if personal else "channel",
            },
            "channelData": {"tenant": {"id": TENANT}},
            "text": text if personal else f"<at>Mellomrom</at> {text}", "textFormat": "plain", "locale": "nb-NO",
            "entities": [] if personal else [mention],
            **more,
        }  # fmt: skip

    def click(
        self, card_action: dict[str, Any], message: str, fields: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        """Return the use of a card's button as Teams tells it, with what was filled in."""
        told = self.message("", **more)
        action = {**card_action, "data": {**card_action["data"], **(fields or {})}}
        value = {"action": action, "trigger": "manual"}
        return {**told, "type": "invoke", "name": "adaptiveCard/action", "value": value, "replyToId": message}

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_get("/v1/.well-known/{what}", self._well_known)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._login)
        app.router.add_route("*", "/teams/v3/{path:.*}", self._connector)
        runner = web.AppRunner(app)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", self._port).start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _well_known(self, request: web.Request) -> web.Response:
        what = request.match_info["what"]
        self.fetched.append(what)
        await asyncio.sleep(self.keys_seconds)
        if what == "openidconfiguration":
            return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/v1/.well-known/keys"})
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return web.json_response({"keys": [{**public, "kid": self.key_id, "endorsements": ["msteams"]}]})

    async def _login(self, request: web.Request) -> web.Response:
        asked = await request.post()
        if asked.get("client_secret") != SECRET:
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response({"access_token": "bot-token", "token_type": "Bearer", "expires_in": 3_600})

    async def _connector(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text() or "{}")
        path = f"/v3/{request.match_info['path']}"
        self.calls.append((request.method, path, body, request.headers.get("authorization", "")))
        if body.get("type") != "typing" and self.planned[request.method]:
            status, headers = self.planned[request.method].pop(0)
            return web.json_response({}, status=status, headers=headers)
        number = str(len(self.calls))
        if path != "/v3/conversations":
            return web.json_response({"id": number}, status=201)
        channel = body.get("channelData", {}).get("channel", {}).get("id")
        if channel:
            return web.json_response({"id": f"{channel};messageid={number}", "activityId": number}, status=201)
        return web.json_response({"id": f"a:with-{body['members'][0]['id'].replace(':', '-')}"}, status=201)


def post(url: str, body: Any, token: str | None) -> Said:
    """Call the bot as Teams does."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, raw, headers), timeout=30) as said:
            return Said(said.status, _json(said.read()))
    except urllib.error.HTTPError as error:
        return Said(error.code, _json(error.read()))


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode()


def buttons(card: dict[str, Any], verb: str) -> list[dict[str, Any]]:
    """Return the buttons of a card that do something, wherever they stand."""
    return [one for one in elements(card) if one.get("type") == "Action.Execute" and one["verb"] == verb]


def elements(value: Any) -> list[dict[str, Any]]:
    """Return every part of a card."""
    if isinstance(value, list):
        return [one for part in value for one in elements(part)]
    if not isinstance(value, dict):
        return []
    return [value, *(one for part in value.values() for one in elements(part))]


def said_in(card: dict[str, Any]) -> str:
    """Return all that a card says, in order."""
    return "\n".join(str(one.get("text", one.get("title", one.get("label", "")))) for one in elements(card))
