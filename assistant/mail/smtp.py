"""Letters handed to a mail server (RFC 5321), one step at a time.

Invariant: the caller is asked before a letter's text goes out, and is told for sure whether the server took it,
refused it for now or for good, or that nobody can know.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from assistant.platform.mail_settings import MailSettings, MailTls
from corpus.errors import MellomromError

SECONDS = 30.0
"""Seconds that the server gets for each step."""
_FOR_NOW = 400
_FOR_GOOD = 500


class SmtpError(MellomromError):
    """The mail server could not be reached, or did not take a letter; nothing went out."""

    def __init__(self, told: str, *, for_good: bool = False) -> None:
        super().__init__(told)
        self.for_good = for_good
        """Whether it is in vain to try again."""


class UnknownOutcomeError(MellomromError):
    """The line broke while a letter's text went out."""


@contextmanager
def connected(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    """Give a connection to the mail server that is set, logged in where a user is.

    Raises:
        SmtpError: the server cannot be reached, is not whom it says, or does not let us in.
    """
    try:
        client = _open_client(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise SmtpError(_error_text(settings, error)) from error
    try:
        yield client
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


def _open_client(settings: MailSettings) -> smtplib.SMTP:
    host, port = settings.smtp_host or "", settings.smtp_port_used
    context = ssl.create_default_context(cafile=settings.mail_ca_file)
    client: smtplib.SMTP
    if settings.smtp_tls is MailTls.TLS:
        client = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    else:
        client = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if settings.smtp_tls is MailTls.STARTTLS:
            client.starttls(context=context)
        if settings.smtp_user and settings.smtp_password:
            client.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        else:
            client.ehlo_or_helo_if_needed()
    except BaseException:
        client.close()
        raise
    return client


def hand_over(client: smtplib.SMTP, sender: str, to: str, content: bytes, goes_out: Callable[[], bool]) -> bool:
    """Hand a letter to the server; return whether it was handed over.

    Args:
        client: A connection.
        sender: Whom it comes from, and whom it goes back to.
        to: The receiver.
        content: The letter.
        goes_out: Asked when everything stands ready: whether the letter is to go out.

    Raises:
        SmtpError: the server did not take it; nothing went out.
        UnknownOutcomeError: the line broke while it went out.
    """
    try:
        _check(*client.mail(sender))
        _check(*client.rcpt(to))
        if not goes_out():
            client.rset()
            return False
    except (OSError, smtplib.SMTPException) as error:
        raise SmtpError(_plain(error)) from error
    try:
        # The server takes a letter when it says so, and not before; with its first word it may still refuse.
        code, response = client.docmd("DATA")
        if code != 354:
            _check(max(code, _FOR_NOW), response)
        client.send(re.sub(rb"(?m)^\.", b"..", content.rstrip(b"\r\n")) + b"\r\n.\r\n")
        _check(*client.getreply())
    except (OSError, smtplib.SMTPException) as error:
        raise UnknownOutcomeError(_plain(error)) from error
    return True


def _check(code: int, response: bytes) -> None:
    if code >= _FOR_NOW:
        text = response.decode("utf-8", "replace")
        raise SmtpError(f"{code} {text}", for_good=code >= _FOR_GOOD)


def _error_text(settings: MailSettings, error: Exception) -> str:
    return (
        f"{settings.smtp_host}:{settings.smtp_port_used} ({settings.smtp_tls}): {_plain(error)} "
        "See MELLOMROM_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD."
    )


def _plain(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"the mail server does not know this user or password ({error.smtp_code})."
        case smtplib.SMTPResponseException():
            response = error.smtp_error
            return (
                f"{error.smtp_code} {response.decode('utf-8', 'replace') if isinstance(response, bytes) else response}."
            )
        case socket.gaierror():
            return "no machine has that name."
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({error.verify_message})."
        case TimeoutError():
            return f"no answer within {SECONDS:.0f} seconds."
        case _:
            return f"{error or type(error).__name__}."
