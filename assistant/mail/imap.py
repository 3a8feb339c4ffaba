"""Answers fetched from a mail server (RFC 3501).

Invariant: a letter is marked as read only once it was dealt with; nothing is deleted or moved. Of a large letter only
the beginning is fetched.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable
from contextlib import suppress

from assistant.mail.incoming import MAX_BYTES
from assistant.platform.mail_settings import MailSettings, MailTls
from corpus.errors import MellomromError

SECONDS = 30.0
AT_ONCE = 50
"""Letters fetched in one go."""
_NUMBER = re.compile(rb"\d{1,10}")


class ImapError(MellomromError):
    """The mail server that answers are read from could not be reached, or did not let us in."""


def fetch_unread(settings: MailSettings, deal_with: Callable[[bytes], object]) -> int:
    """Hand each unread letter on, and mark it as read after; return how many.

    Raises:
        ImapError: the server cannot be reached, does not let us in, or has no such folder.
    """
    try:
        client = _open_mailbox(settings)
    except (OSError, imaplib.IMAP4.error) as error:
        raise ImapError(_error_text(settings, error)) from error
    try:
        return _fetched(client, settings, deal_with)
    except (OSError, imaplib.IMAP4.error) as error:
        raise ImapError(_error_text(settings, error)) from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()


def _open_mailbox(settings: MailSettings) -> imaplib.IMAP4:
    host, port = settings.imap_host or "", settings.imap_port_used
    context = ssl.create_default_context(cafile=settings.mail_ca_file)
    client: imaplib.IMAP4
    if settings.imap_tls is MailTls.TLS:
        client = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=SECONDS)
    else:
        client = imaplib.IMAP4(host, port, timeout=SECONDS)
        if settings.imap_tls is MailTls.STARTTLS:
            client.starttls(context)
    password = settings.imap_password.get_secret_value() if settings.imap_password else ""
    try:
        client.login(settings.imap_user or "", password)
    except BaseException:
        client.shutdown()
        raise
    return client


def _fetched(client: imaplib.IMAP4, settings: MailSettings, deal_with: Callable[[bytes], object]) -> int:
    folder = settings.imap_folder.replace("\\", "\\\\").replace('"', '\\"')
    state, response = client.select(f'"{folder}"')
    if state != "OK":
        raise imaplib.IMAP4.error(f"there is no folder {settings.imap_folder!r} ({response[-1:]!r})")
    _, unread = client.uid("SEARCH", "UNSEEN")
    numbers = _NUMBER.findall(unread[0] or b"") if unread else []
    for count, number in enumerate(numbers[:AT_ONCE]):
        uid = number.decode()
        state, data = client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES}>)")
        raw = next((one[1] for one in data if isinstance(one, tuple)), None) if state == "OK" else None
        if raw is None:
            return count
        deal_with(bytes(raw))
        client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
    return len(numbers[:AT_ONCE])


def _error_text(settings: MailSettings, error: Exception) -> str:
    text = str(error) or type(error).__name__
    return (
        f"{settings.imap_host}:{settings.imap_port_used} ({settings.imap_tls}): {text[:200]} "
        "See MELLOMROM_IMAP_HOST, _PORT, _TLS, _USER, _PASSWORD and _FOLDER."
    )
