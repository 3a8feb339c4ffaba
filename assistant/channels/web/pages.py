"""Pages: templates filled in, in the visitor's language.

Invariant: whatever is put into a page is escaped unless we marked it as ours; a value that a template names and
nobody gave is an error, not an empty place.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from assistant.access.accounts import AccountRole
from assistant.access.sessions import Visit
from assistant.channels.web import languages
from assistant.channels.web.urls import with_query
from assistant.desk.queue import WorkView
from assistant.platform.messages import Messages, messages
from assistant.platform.settings import Settings
from assistant.platform.workdays import NORWAY
from assistant.render.summary import SummarySentence
from corpus.text import LangText, Language, Localised

STATIC = Path(__file__).parent / "static"
THEMES = ("light", "dark")


class NavItem(NamedTuple):
    """A link at the top of every page."""

    key: str
    """The text, a key of the catalogs."""
    path: str
    role: AccountRole | None = None
    """Who sees it; everyone where None."""


NAV = (
    NavItem("web.nav.ask", "/"),
    NavItem("web.nav.mine", "/mine"),
    NavItem("web.nav.desk", "/desk", AccountRole.BROKER),
)
DESK_NAV = (
    NavItem("queue.title", "/desk"),
    NavItem("desk.cases", "/desk/cases"),
    NavItem("needs.title", "/desk/needs"),
    NavItem("check.title", "/desk/check"),
    NavItem("records.title", "/desk/records"),
    NavItem("vocabulary.title", "/desk/vocabulary"),
    NavItem("reports.title", "/desk/reports"),
)
"""The places of the broker's desk, all for brokers."""


class Pages:
    """Fills in templates."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._environment = Environment(
            loader=PackageLoader("assistant.channels.web"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            static=static_url,
            language_names=languages.NAMES,
            Role=AccountRole,
            settings=settings,
            themes=THEMES,
            desk_nav=DESK_NAV,
            WorkView=WorkView,
        )

    def render(
        self, request: Request, template: str, status_code: int = 200, *, at: str | None = None, **values: object
    ) -> HTMLResponse:
        """Return a page, or a part of one for htmx.

        Args:
            request: What was asked.
            template: The template's path below ``templates``.
            status_code: The HTTP status.
            at: The address that the page stands for, where it is answered to something that was posted.
            values: What the template names.
        """
        language: Language = request.state.language
        html = self._environment.get_template(template).render(self.context(request, at) | values)
        return HTMLResponse(
            html, status_code, headers={"Content-Language": language.value, "Vary": "Cookie, HX-Request"}
        )

    def context(self, request: Request, at: str | None = None) -> dict[str, Any]:
        """Return what every template may name."""
        language: Language = request.state.language
        visit: Visit = request.state.visit
        role = visit.role()
        texts = Texts(messages(language))
        theme = getattr(request.state, "theme", None)
        # Not by its URL: that names the host, which may be anything.
        path = at or request.scope["path"]
        # What was posted cannot be asked for again.
        again = path if at or request.method == "GET" else "/"
        query = "" if at else request.scope["query_string"].decode("latin-1")
        return {
            "t": texts.text,
            "th": texts.html,
            "count": texts.count,
            "text_of": texts.record_text,
            "date": texts.date,
            "moment": texts.moment,
            "short_date": texts.short_date,
            "weekday": texts.weekday,
            "language": language,
            "request": request,
            "visit": visit,
            "account": visit.account,
            "nav": [item for item in NAV if item.role is None or (role and role.covers(item.role))],
            "path": path,
            "here": with_query(again, query, lang=None),
            "in_language": lambda one: with_query(again, query, lang=one),
            "with_query": lambda **changes: with_query(path, query, **changes),
            "theme": theme if theme in THEMES else "auto",
        }


class Texts:
    """Sentences, dates and record text in one language, for templates."""

    def __init__(self, catalog: Messages) -> None:
        self._catalog = catalog

    @property
    def language(self) -> Language:
        """Return the language that the sentences are in."""
        return self._catalog.language

    def text(self, key: str, **values: object) -> str:
        """Return the sentence of a key; whatever stands in its values is escaped with it."""
        return self._catalog.text(key, **values)

    def count(self, key: str, number: int, **values: object) -> str:
        """Return the sentence of a key as it is said of so many."""
        return self._catalog.count(key, number, **values)

    def html(self, key: str, **values: object) -> Markup:
        """Return the sentence of a key with markup of ours among its values; other values are escaped."""
        # The sentence is escaped first: its braces stay, since they mean nothing in HTML.
        marked = {name: f"\x00{name}\x00" for name in values}
        sentence = str(escape(self._catalog.text(key, **marked)))
        for name, value in values.items():
            sentence = sentence.replace(f"\x00{name}\x00", str(escape(value)))
        return Markup(sentence)  # noqa: S704 (every part was escaped above)

    def said(self, said: SummarySentence) -> Markup:
        """Return a sentence of a summary with its names and dates set off, each marked with its language."""
        return self.html(said.key, **{name: self._set_off(name, one) for name, one in said.values.items()})

    def _set_off(self, name: str, value: str | Localised) -> Markup:
        # The title of an idea stands in quotation marks already.
        element = "span" if name == "idea" else "b"
        text, language = value if isinstance(value, Localised) else (value, self._catalog.language)
        foreign = Markup("") if language is self._catalog.language else Markup(' lang="{}"').format(language.value)
        return Markup("<{0}{1}>{2}</{0}>").format(Markup(element), foreign, text)  # noqa: S704 (one of two above)

    def record_text(self, text: LangText) -> Markup:
        """Return a record's text, marked where it is in another language than the page."""
        best = text.best(self._catalog.language)
        shown = escape(best.text)
        if best.language is self._catalog.language:
            return shown
        return Markup('<span lang="{}">{}</span>').format(best.language.value, shown)

    def short_date(self, day: date) -> str:
        """Return a day near by, without its year, where there is little room."""
        from babel.dates import format_skeleton

        return str(format_skeleton("MMMd", day, locale=self._catalog.language.value))

    def weekday(self, day: date) -> str:
        """Return a day of this week or near it, with its weekday, as it begins a line."""
        from babel.dates import format_date

        pattern = "EEEE d MMMM" if self._catalog.language is Language.EN else "EEEE d. MMMM"
        name = str(format_date(day, pattern, locale=self._catalog.language.value))
        return name[:1].upper() + name[1:]

    def date(self, day: date | str) -> str:
        """Return a day, or the Norwegian day of a moment, as it is written in the language."""
        if isinstance(day, datetime):
            day = day.astimezone(NORWAY).date()
        return self._catalog.date(day if isinstance(day, str) else day.isoformat())

    def moment(self, at: datetime) -> str:
        """Return a moment in Norwegian time as it is written in the language."""
        from babel.dates import format_datetime

        return str(format_datetime(at.astimezone(NORWAY), "d. MMMM y HH:mm", locale=self._catalog.language.value))


@cache
def static_url(name: str) -> str:
    """Return the address of a file of ours; it changes with the file, so that browsers may keep what they have."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def pages_of(request: Request) -> Pages:
    """Return what fills in the templates of the app that a request is to."""
    pages: Pages = request.app.state.web.pages
    return pages
