"""The settings of mail out and in; `assistant.platform.settings` reads them with all others.

Invariant: mail is set whole or not at all, and no password goes over a line that others can read.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

_HERE = {"127.0.0.1", "::1", "localhost"}


class MailTls(StrEnum):
    """How the line to a mail server is kept from others."""

    STARTTLS = "starttls"
    """It begins in the open and goes on encrypted; a server that cannot is refused."""
    TLS = "tls"
    """It is encrypted from its first byte."""
    NONE = "none"
    """Not at all: for a server on this machine, or one that asks for no password."""


_SMTP_PORTS = {MailTls.STARTTLS: 587, MailTls.TLS: 465, MailTls.NONE: 25}
_IMAP_PORTS = {MailTls.STARTTLS: 143, MailTls.TLS: 993, MailTls.NONE: 143}


class MailSettings(BaseSettings):
    """Mail out by SMTP, and answers in by IMAP: see assistant/docs/mail.md."""

    smtp_host: str | None = None
    """The mail server that letters are handed to; without it letters are opened in the broker's own mail program."""
    smtp_port: int | None = Field(default=None, ge=1, le=65_535)
    """Its port; by default 587, 465 or 25, by `smtp_tls`."""
    smtp_tls: MailTls = MailTls.STARTTLS
    """``starttls``, ``tls`` or ``none``."""
    smtp_user: str | None = None
    """Who we are to the mail server, where it asks."""
    smtp_password: SecretStr | None = None
    """The password of that user."""
    mail_sender: str | None = None
    """The address that letters come from, such as ``megling@fylke.no``; needed with `smtp_host`."""
    mail_sender_name: str | None = None
    """The name that letters come from, such as the county's."""
    mail_ca_file: Path | None = None
    """Certificates (PEM) that mail servers are trusted by, where the system does not know them."""
    mail_undo_minutes: int = Field(default=2, ge=0, le=120)
    """Minutes that a letter waits, and a move before its asker is told, so that both can be taken back."""
    mail_answer_days: int = Field(default=60, ge=1, le=400)
    """Days that the links in a letter work by which a partner answers."""
    imap_host: str | None = None
    """The mail server that answers are read from."""
    imap_port: int | None = Field(default=None, ge=1, le=65_535)
    """Its port; by default 993 or 143, by `imap_tls`."""
    imap_tls: MailTls = MailTls.TLS
    """``tls``, ``starttls`` or ``none``."""
    imap_user: str | None = None
    """Who we are to it."""
    imap_password: SecretStr | None = None
    """The password of that user."""
    imap_folder: str = "INBOX"
    """The folder that answers come to."""
    imap_plus: bool = False
    """Whether the server delivers ``megling+anything@fylke.no`` to the same folder, so that answers name their case."""

    @property
    def smtp_port_used(self) -> int:
        """The port of the mail server."""
        return self.smtp_port or _SMTP_PORTS[self.smtp_tls]

    @property
    def imap_port_used(self) -> int:
        """The port of the mail server that answers are read from."""
        return self.imap_port or _IMAP_PORTS[self.imap_tls]

    @model_validator(mode="after")
    def _whole_mail(self) -> MailSettings:
        given = [name for name in ("smtp_port", "smtp_user", "smtp_password", "mail_sender") if getattr(self, name)]
        if self.smtp_host is None and given:
            raise ValueError(f"{_variable(given[0])} is set, but not {_variable('smtp_host')}; set both or neither")
        if self.smtp_host is not None and not self.mail_sender:
            raise ValueError(
                f"{_variable('smtp_host')} is set, but not {_variable('mail_sender')}; set both or neither"
            )
        _check_user("smtp", self.smtp_user, self.smtp_password)
        _check_line("smtp", self.smtp_host, self.smtp_tls, self.smtp_password)
        if self.mail_sender is not None and (self.mail_sender.count("@") != 1 or not self.mail_sender.isascii()):
            raise ValueError(f"{_variable('mail_sender')}: expected one e-mail address, such as megling@fylke.no")
        if self.mail_ca_file is not None and not self.mail_ca_file.is_file():
            raise ValueError(f"{_variable('mail_ca_file')}: there is no such file")
        return self

    @model_validator(mode="after")
    def _whole_answers(self) -> MailSettings:
        given = [name for name in ("imap_port", "imap_user", "imap_password") if getattr(self, name)]
        if self.imap_host is None and given:
            raise ValueError(f"{_variable(given[0])} is set, but not {_variable('imap_host')}; set both or neither")
        if self.imap_host is not None and (self.smtp_host is None or self.imap_user is None):
            lacking = "smtp_host" if self.smtp_host is None else "imap_user"
            raise ValueError(f"{_variable('imap_host')} is set, but not {_variable(lacking)}; answers need both")
        _check_user("imap", self.imap_user, self.imap_password)
        _check_line("imap", self.imap_host, self.imap_tls, self.imap_password)
        return self


def _variable(name: str) -> str:
    return f"MELLOMROM_{name.upper()}"


def _check_user(kind: str, user: str | None, password: SecretStr | None) -> None:
    if (user is None) != (password is None):
        there, lacking = ("user", "password") if user else ("password", "user")
        raise ValueError(f"{_variable(f'{kind}_{there}')} is set, but not {_variable(f'{kind}_{lacking}')}; set both")


def _check_line(kind: str, host: str | None, tls: MailTls, password: SecretStr | None) -> None:
    if host is not None and tls is MailTls.NONE and password is not None and host not in _HERE:
        raise ValueError(
            f"{_variable(f'{kind}_tls')} is none, so that anybody on the line could read the password; "
            "use starttls or tls"
        )
