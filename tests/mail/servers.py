"""A real mail server on this machine, which keeps what it is given and refuses what a test wants refused."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.ports import free_port


class Kept:
    """What came in; the handler of the server."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.receivers: list[str] = []
        self.refuse: Callable[[str], str | None] = lambda _: None
        """Says with what a receiver is refused."""
        self.answer: Callable[[], str] = lambda: "250 OK"
        """What is said when the text has come."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if (refused := self.refuse(address)) is not None:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        said = self.answer()
        if said.startswith("2"):
            self.raw.append(envelope.content)
            self.receivers += envelope.rcpt_tos
        return said

    @property
    def messages(self) -> list[EmailMessage]:
        """The letters, read."""
        return [email.message_from_bytes(one, policy=email.policy.default) for one in self.raw]


@contextmanager
def mail_server(kept: Kept, password: str | None = None) -> Iterator[int]:
    """Serve mail on a free port while the block runs; give the port."""

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == (password or "").encode()
        return AuthResult(success=right, handled=right)

    more: dict[str, Any] = {}
    if password is not None:
        more = {"auth_require_tls": False, "authenticator": known}
    port = free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
