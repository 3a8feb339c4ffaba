"""The only module that reads the environment: every setting, its default and its meaning.

Invariant: everything below the entry points takes its settings as arguments.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import NoDecode, SettingsConfigDict

from assistant.platform.mail_settings import MailSettings
from corpus.errors import MellomromError
from corpus.faults import fault_of
from corpus.text import Language

_PREFIX = "MELLOMROM_"
_SHOWN = 80
"""Characters of a value that are shown."""


class SettingsError(MellomromError):
    """A setting has a value that cannot be used."""


def _listed(value: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, value.split(","))))


def sqlite_url(path: Path) -> str:
    """Return the SQLAlchemy address of a SQLite file."""
    from sqlalchemy import URL

    # A path may hold what an address gives another meaning, such as ? and %.
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("mellomrom", appauthor=False)


ReminderDay = Annotated[int, Field(ge=1, le=3_650)]


class Settings(MailSettings):
    """Settings, each read from the environment as ``MELLOMROM_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix="MELLOMROM_", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Path = Field(default_factory=_default_home)
    """The folder that holds the database and the index."""
    database_url: str | None = None
    """A SQLAlchemy address of the store; by default a SQLite file in the home folder."""
    encoder: str = "bundled"
    """The encoder: ``bundled``, or the name or folder of a sentence-transformers model."""
    vectors: Literal["files", "postgresql"] = "files"
    """Where the vectors of passages are: in each process, or in the database, if that is PostgreSQL with pgvector."""
    language: Language | None = None
    """The language of answers; by default that of the question."""
    debug: bool = False
    """Whether an unexpected error shows where it happened."""
    user: str = "local"
    """Who is named in the revision history for edits made on the command line."""

    secret_key: SecretStr | None = None
    """What people's addresses are hashed with; by default made at first use, in the home folder."""
    broker_contact: str | None = None
    """Who the broker is and how to reach them, as people are told it: a name, a phone number, an address."""
    reminder_days: Annotated[tuple[ReminderDay, ...], NoDecode, Field(max_length=20)] = (3, 9, 21, 45)
    """Working days without a change after which brokers are reminded of a case, separated by commas."""
    retention_days: int = Field(default=365, ge=1, le=36_500)
    """Days that what people typed and were shown is kept; the log without anybody's words stays."""
    retention_case_days: int | None = Field(default=None, ge=1, le=36_500)
    """Days after the last change of a case that the words in it are kept; by default as many as `retention_days`."""
    check_scheme_days: int = Field(default=90, ge=1, le=3_650)
    """Days that a scheme holds before somebody should hold it against its sources again; dates of calls come before."""
    check_actor_days: int = Field(default=365, ge=1, le=3_650)
    """The same for a body."""
    check_project_days: int = Field(default=365, ge=1, le=3_650)
    """The same for a project that runs; one that is finished stays as it is."""
    check_call_days: int = Field(default=60, ge=0, le=365)
    """Days before an expected deadline from which the page of the call should be looked at."""
    municipality_file: Path | None = None
    """A CSV file of municipalities with the columns ``kommunenummer``, ``innbyggere`` and ``kostragruppe``, from
    Statistics Norway: reports then tell the size of who asked, and likes of one group stand first."""
    alarm_cases: int = Field(default=3, ge=1, le=1_000)
    """How often a partner or scheme does not reply, declines or is turned down until brokers are told, at least."""
    alarm_percent: int = Field(default=50, ge=1, le=100)
    """And in how many per cent of the cases, or of the times that somebody decided on it."""
    alarm_days: int = Field(default=365, ge=1, le=3_650)
    """How many days back that is counted."""
    audit_days: int = Field(default=730, ge=1, le=36_500)
    """Days that logins and changes of access stay in the audit log."""

    # Slack: see assistant/docs/slack.md.
    slack_signing_secret: SecretStr | None = None
    """What Slack signs its calls with; needed unless `slack_app_token` is set."""
    slack_bot_token: SecretStr | None = None
    """The token (``xoxb-…``) of an app that is installed in one workspace."""
    slack_app_token: SecretStr | None = None
    """The token (``xapp-…``) for Socket Mode: the installation calls out, and nothing has to reach it."""
    slack_client_id: str | None = None
    """The app's client id, for installing it in several workspaces."""
    slack_client_secret: SecretStr | None = None
    """The app's client secret, for the same."""
    slack_redirect_url: str | None = None
    """Where Slack sends people after consent, ``https://…/slack/oauth_redirect``; by default the app's first one."""
    slack_token_key: SecretStr | None = None
    """What workspaces' tokens are encrypted with; several separated by commas, the first for what is written."""
    slack_broker_channel: str | None = None
    """The id of the channel (``C…``) where brokers see new cases and reminders."""
    slack_broker_team: str | None = None
    """The id of the workspace (``T…``) with that channel, where the app is installed in several."""
    slack_api_url: str = "https://slack.com/api/"
    """Where Slack's Web API is."""
    slack_authorize_url: str = "https://slack.com/oauth/v2/authorize"
    """Where a workspace consents to an installation."""

    # Microsoft Teams: see assistant/docs/teams.md.
    teams_app_id: str | None = None
    """The bot's id, as Entra ID gave it: 8-4-4-4-12 hexadecimal digits."""
    teams_app_secret: SecretStr | None = None
    """The bot's client secret."""
    teams_app_tenant: str | None = None
    """The Entra tenant that the bot is registered in; by default it is one for any tenant (``botframework.com``)."""
    teams_tenants: str = ""
    """Ids of the Entra tenants whose people may ask, separated by commas; by default that of `teams_app_tenant`."""
    teams_broker_channel: str | None = None
    """The channel where brokers see new cases and reminders: its id (``19:…@thread.tacv2``), or the link to it."""
    teams_broker_tenant: str | None = None
    """The tenant with that channel, where `teams_tenants` lists several."""
    teams_service_url: str = "https://smba.trafficmanager.net/teams/"
    """Where Teams takes what is sent first; calls are only taken from, and answered at, addresses of that origin."""
    teams_login_url: str = "https://login.microsoftonline.com"
    """Where the bot proves who it is."""
    teams_openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    """Where the keys are told that Teams signs its calls with."""
    teams_playground: bool = False
    """Whether calls without any proof are taken, for Microsoft's Agents Playground on this very machine."""

    # The web: see assistant/docs/web.md.
    web_base_url: str | None = None
    """The address that people use, such as ``https://mellomrom.example.no``; needed wherever it is not this machine."""
    web_session_hours: int = Field(default=12, ge=1, le=720)
    """Hours without use after which somebody who is logged in has to log in again."""
    web_visitor_days: int = Field(default=90, ge=1, le=400)
    """Days that the questions of somebody who is not logged in stay theirs in their browser."""
    web_max_body_bytes: int = Field(default=1_048_576, ge=16_384)
    """The largest request that is read."""
    web_max_upload_bytes: int = Field(default=20_000_000, ge=16_384)
    """The largest file that brokers may upload to be imported."""
    web_body_seconds: float = Field(default=30.0, gt=0, le=3_600)
    """Seconds that the body of a request may take to come."""
    web_trusted_proxies: str = ""
    """Addresses of proxies whose word on who calls is taken, separated by commas; nobody's where none is named."""
    web_rate: str = "600/minute"
    """Requests that one address may make in all."""
    web_ask_rate: str = "30/minute"
    """Questions that one visitor may ask."""
    web_login_rate: str = "20/minute"
    """Logins that one address may try."""
    web_api_rate: str = "600/minute"
    """Calls of the API that one token may make, or one address without any."""
    embed_origins: str = ""
    """Origins of sites that may frame /embed, such as ``https://www.kommune.no``, separated by commas."""
    web_metrics_token: SecretStr | None = None
    """What a collector on another machine must present to read /metrics; without it only this machine may."""
    traces_url: str | None = None
    """Where a collector takes traces by OTLP over HTTP, such as ``http://127.0.0.1:4318/v1/traces``."""
    # Login by an OpenID Connect provider: see assistant/docs/web.md.
    oidc_issuer: str | None = None
    """The provider, exactly as it names itself, such as ``https://login.microsoftonline.com/<tenant>/v2.0``."""
    oidc_client_id: str = ""
    """What the provider knows this installation as; needed with `oidc_issuer`."""
    oidc_client_secret: SecretStr | None = None
    """The secret shared with the provider; without it PKCE alone proves who asks."""
    oidc_name: str = "OpenID Connect"
    """What people know the provider as."""
    oidc_scopes: str = "openid profile"
    """What is asked of the provider."""
    oidc_tenants: str = ""
    """Ids of the Entra tenants whose people may log in, separated by commas; needed with Entra's shared endpoints."""
    oidc_roles_claim: str = "roles"
    """The claim that holds roles."""
    oidc_admin_role: str | None = None
    """What the claim calls an administrator."""
    oidc_broker_role: str | None = None
    """What the claim calls a broker."""
    oidc_contact_role: str | None = None
    """What the claim calls whoever else may log in; without it everyone whom the provider vouches for may. Where none
    of the three is set, roles are kept here: see `mellomrom users role`."""

    # MCP: see assistant/docs/mcp.md.
    mcp: bool = False
    """Whether programs with a token reach the assistant over MCP, at /mcp."""
    mcp_token: SecretStr | None = None
    """What `mellomrom mcp` may do besides reading and asking: what this token of `mellomrom tokens add` may."""

    operator_name: str | None = None
    """The organisation that runs this installation, named on the pages on privacy and accessibility."""
    operator_email: str | None = None
    """Where people reach it."""
    accessibility_statement_url: str | None = None
    """The organisation's own statement at uustatus.no."""

    @field_validator("reminder_days", mode="before")
    @classmethod
    def _days(cls, value: object) -> object:
        return _listed(value.strip().removeprefix("[").removesuffix("]")) if isinstance(value, str) else value

    @field_validator("web_base_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        from urllib.parse import urlsplit

        if value is None:
            return None
        expected = "expected an address without a path, such as https://mellomrom.example.no"
        try:
            parts = urlsplit(value)
        except ValueError as error:
            raise ValueError(expected) from error
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(expected)
        return value.rstrip("/")

    @field_validator("teams_broker_channel")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        import re
        from urllib.parse import unquote

        if value is None:
            return None
        match = re.search(r"19:[\w.-]{1,200}@thread\.\w{1,20}", unquote(value))
        if match is None:
            raise ValueError("expected a channel's id (19:…@thread.tacv2) or the link that Teams gives to it")
        return match[0]

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        from urllib.parse import urlsplit

        for origin in _listed(value):
            parts = urlsplit(origin)
            is_plain = origin == f"{parts.scheme}://{parts.netloc}" and "*" not in origin and " " not in origin
            if parts.scheme not in {"http", "https"} or not parts.hostname or not is_plain or ";" in origin:
                raise ValueError(f"got {origin!r}, expected an origin such as https://www.kommune.no, without a path")
        return value

    @field_validator("web_rate", "web_ask_rate", "web_login_rate", "web_api_rate")
    @classmethod
    def _rate(cls, value: str, info: ValidationInfo) -> str:
        if value == cls.model_fields[str(info.field_name)].default:
            # What comes with the release is right, and the reader of rates takes a tenth of a question to load.
            return value
        from limits import parse

        try:
            parse(value)
        except ValueError as error:
            raise ValueError("expected a number and a time, such as 30/minute") from error
        return value

    @model_validator(mode="after")
    def _vectors_on_server(self) -> Settings:
        if self.vectors == "postgresql" and not (self.database_url or "").startswith("postgresql"):
            raise ValueError(
                "MELLOMROM_VECTORS is postgresql, but MELLOMROM_DATABASE_URL names no PostgreSQL; set that, or unset "
                "MELLOMROM_VECTORS"
            )
        return self

    @model_validator(mode="after")
    def _whole_provider(self) -> Settings:
        if self.oidc_issuer is None:
            return self
        if not self.oidc_client_id:
            raise ValueError("MELLOMROM_OIDC_ISSUER is set, but not MELLOMROM_OIDC_CLIENT_ID; set both or neither")
        shared = ("/common/", "/organizations/", "/consumers/")
        if any(part in f"{self.oidc_issuer}/" for part in shared) and not self.oidc_tenant_ids:
            raise ValueError(
                "MELLOMROM_OIDC_ISSUER is one of Entra's shared endpoints, by which anybody at all may log in; list "
                "those who may in MELLOMROM_OIDC_TENANTS"
            )
        return self

    @property
    def case_words_days(self) -> int:
        """Days after its last change that the words in a case are kept."""
        return self.retention_case_days or self.retention_days

    @property
    def oidc_tenant_ids(self) -> tuple[str, ...]:
        """The tenants whose people may log in; empty where the provider has but one."""
        return _listed(self.oidc_tenants)

    @property
    def teams_tenant_ids(self) -> tuple[str, ...]:
        """The tenants whose people may ask in Teams."""
        return _listed(self.teams_tenants.lower()) or _listed((self.teams_app_tenant or "").lower())

    @property
    def embedding_origins(self) -> tuple[str, ...]:
        """The origins of sites that may frame the page for that."""
        return _listed(self.embed_origins)

    @property
    def web_is_https(self) -> bool:
        """Whether people reach the web over https, so that cookies may insist on it."""
        return bool(self.web_base_url and self.web_base_url.startswith("https://"))

    @cached_property
    def store_url(self) -> str:
        """The address of the store that is used."""
        return self.database_url or sqlite_url(self.home / "mellomrom.sqlite3")

    @cached_property
    def index_folder(self) -> Path:
        """The folder of the index."""
        return self.home / "index"


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: a value cannot be used; the text names the variable.
    """
    _refuse_unknown()
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(map(_fault_text, error.errors(include_url=False)))
        raise SettingsError(f"A setting cannot be used: {faults}. Change or unset it and try again.") from error


def _refuse_unknown() -> None:
    """Refuse a setting that there is not, since whoever set it relies on what it would do.

    Raises:
        SettingsError: the environment has one; the text names those that are spelt alike.
    """
    from difflib import get_close_matches

    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            alike = get_close_matches(name.upper(), known, n=3, cutoff=0.7)
            meant = f"Did you mean {' or '.join(alike)}?" if alike else "See the table of settings in the README."
            raise SettingsError(f"There is no setting {name}. {meant} Mend its name or unset it, and try again.")


def _fault_text(item: ErrorDetails) -> str:
    """Return what is wrong with a setting; a secret is not shown."""
    own = str(item.get("ctx", {}).get("error", "")) if item["type"] == "value_error" else ""
    if not item["loc"]:
        return own or str(fault_of(item))
    name = str(item["loc"][0])
    secret = "SecretStr" in str(Settings.model_fields[name].annotation)
    got = os.environ.get(f"{_PREFIX}{name.upper()}", item["input"])
    wrong = own or str(fault_of(item))
    return (
        f"{_PREFIX}{name.upper()}{'' if secret else f'={str(got)[:_SHOWN]!r}'}: {'cannot be used' if secret else wrong}"
    )
