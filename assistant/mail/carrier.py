"""The carrier: takes letters from the queue to the mail server as long as there are any.

Invariant: whatever goes wrong with one letter touches no other; where the server itself cannot be reached, the letters
wait, and each is tried again later.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from assistant.mail.composing import composed
from assistant.mail.queue import MailQueue, QueuedMail
from assistant.mail.smtp import SmtpError, UnknownOutcomeError, connected, hand_over
from assistant.platform.mail_settings import MailSettings
from corpus.clock import utc_now

LOOK_SECONDS = 2.0
"""Between one look at the queue and the next."""
REST_SECONDS = 30.0
"""After something unexpected."""
_log = logging.getLogger(__name__)


class Carrier:
    """Sends what is due."""

    def __init__(self, queue: MailQueue, settings: MailSettings, now: Callable[[], datetime] = utc_now) -> None:
        self._queue = queue
        self._settings = settings
        self._now = now
        self._stopping = False

    def carry(self) -> int:
        """Send what is due, by one connection; return how many letters the server took."""
        taken = 0
        with ExitStack() as stack:
            client: smtplib.SMTP | None = None
            while not self._stopping and (mail := self._queue.claim()) is not None:
                try:
                    if client is None:
                        client = stack.enter_context(connected(self._settings))
                    taken += self._sent(client, mail)
                except SmtpError as error:
                    _log.warning("letter %s was not taken (%s)", mail.id, "for good" if error.for_good else "for now")
                    self._queue.failed(mail.id, str(error), for_good=error.for_good)
                    client = self._usable(stack, client)
                except UnknownOutcomeError as error:
                    _log.error("letter %s: nobody can know whether it went out", mail.id)
                    self._queue.unsure(mail.id, str(error))
                    client = self._usable(stack, None)
        return taken

    def _sent(self, client: smtplib.SMTP, mail: QueuedMail) -> bool:
        sender = self._settings.mail_sender or ""
        name = self._settings.mail_sender_name or "Mellomrom"
        content = composed(mail, self._queue.files(mail.id), sender, name, self._now())
        if not hand_over(client, sender, mail.to, content, lambda: self._queue.hand_over(mail.id)):
            return False
        self._queue.sent(mail.id)
        return True

    def _usable(self, stack: ExitStack, client: smtplib.SMTP | None) -> smtplib.SMTP | None:
        """Return the connection where it can be used for the next letter, or None where a new one is to be made."""
        try:
            if client is not None and client.rset()[0] < 400:
                return client
        except (OSError, smtplib.SMTPException):
            pass
        stack.close()
        return None

    async def keep_carrying(self, look_seconds: float = LOOK_SECONDS) -> None:
        """Send whatever becomes due, until cancelled."""
        while True:
            wait = look_seconds
            try:
                if await run_in_threadpool(self._queue.is_waiting):
                    await run_in_threadpool(self.carry)
            except Exception as error:  # noqa: BLE001 (the letters wait in the database)
                # Not with what it was about: an error of the database holds the parameters of its statement.
                _log.error("letters could not be carried (%s); they wait", type(error).__name__)
                wait = REST_SECONDS
            await asyncio.sleep(wait)

    def stop(self) -> None:
        """End after the letter that is under way."""
        self._stopping = True
