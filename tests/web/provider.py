"""A provider that can be told to lie: real HTTP, real signatures, claims as a test wants them."""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "mellomrom"


class LyingProvider:
    """An OpenID Connect provider on a free port of this machine."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "right"}, private=True)
        self.other_key = RSAKey.generate_key(2048, {"kid": "right"}, private=True)
        self.claims: dict[str, Any] = {}
        """Claims in place of the right ones; None leaves one out."""
        self.issuer_told: str | None = None
        """What the metadata names as the issuer."""
        self.forged = False
        """Whether a key signs that is not the provider's."""
        self.unsigned = False
        self.nonces: dict[str, str] = {}
        self.broken = False
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def authorize(self, address: str) -> str:
        """Do as somebody who logs in at that address; return where they are sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.nonces)}"
        self.nonces[code] = asked["nonce"]
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def token(self, code: str) -> dict[str, Any]:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "kari", "name": "Kari Nordmann", "iat": now, "exp": now + 300,
            "nonce": self.nonces[code], "roles": ["broker"],
        }  # fmt: skip
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        if self.unsigned:
            parts = ({"alg": "none"}, claims)
            signed = ".".join(urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."
        else:
            key = self.other_key if self.forged else self.key
            signed = jwt.encode({"alg": "RS256", "kid": "right"}, claims, key)
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    provider: LyingProvider

    def do_GET(self) -> None:
        one = self.provider
        if self.path.endswith("/.well-known/openid-configuration"):
            self._answer(
                {
                    "issuer": one.issuer_told or one.issuer,
                    "authorization_endpoint": f"{one.issuer}/authorize",
                    "token_endpoint": f"{one.issuer}/token",
                    "jwks_uri": f"{one.issuer}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )
        else:
            self._answer(KeySet([one.key]).as_dict(private=False))

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert sent["code_verifier"]
        self._answer(self.provider.token(sent["code"][0]))

    def _answer(self, body: object) -> None:
        self.send_response(500 if self.provider.broken else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""
