"""An answer for a terminal: readable at 80 columns, in colour or without.

Invariant: meaning never hangs on colour or symbol alone, and record text is printed as it is, never as markup. An
answer is short until its whole is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from assistant.dialogue.conversation import Intent
from assistant.matching.answers import Answer, Outcome, Scheme, Suggestion
from assistant.platform.messages import messages
from assistant.platform.user_text import MAX_QUESTION
from assistant.render.assumptions import assumptions_of
from assistant.render.follow_up_words import PartStyle
from assistant.render.replies import (
    choice_labels,
    follow_up_parts_of,
    note_sentences,
    only_kind,
    questions_back,
    reply_sentence,
)
from assistant.render.rows import HEADINGS, RowSection, SuggestionRow, TagTone, sections_of
from assistant.render.sentences import SIGNS, next_step, reached, rules, status_sentences, why
from assistant.render.shortening import shortened
from assistant.render.summary import summary_text
from assistant.service.messages import Reply, ReplyKind
from corpus.records import Kind
from corpus.text import Language
from index.scoring.reasons import Evidence

_COLOURS = {TagTone.GOOD: "green", TagTone.SOON: "yellow", TagTone.PLAIN: "dim", TagTone.OVER: "red"}
_INDENT = 3
_FEW = 4
"""Rows up to which each has two lines for its fact; where there are more, one."""
_LEAST_LINE = 40
"""Characters that a fact is given at least, however narrow the terminal is."""
_QUOTE_CHARACTERS = 280
"""A quote longer than this is cut at a word and marked, since a terminal is read in passing."""


class TerminalAnswer:
    """An answer that rich can print."""

    def __init__(self, answer: Answer, shown: int, *, whole: bool = False, only: Kind | None = None) -> None:
        self._answer = answer
        self._shown = shown
        self._whole = whole
        self._only = only
        self._messages = messages(answer.language)
        self._quoted: set[str] = set()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the parts of the answer, what was asked for first."""
        answer, catalog = self._answer, self._messages
        self._quoted.clear()
        yield Text(answer.question, style="bold")
        if answer.shortened:
            yield Text(catalog.text("note.shortened", limit=MAX_QUESTION), style="yellow")
        yield Text(summary_text(answer, catalog, self._only))
        taken = " · ".join(assumption.text for assumption in assumptions_of(answer, catalog))
        yield Text(shortened(taken, max(options.max_width, _LEAST_LINE)), style="dim")
        sections = sections_of(answer, catalog, self._shown)
        lines = 2 if sum(len(section.rows) for section in sections) <= _FEW else 1
        for section in sections:
            yield Rule(Text(catalog.text(HEADINGS[section.kind]), style="bold"), align="left", style="dim")
            yield from self._in_full(section) if self._whole else self._in_short(section, options.max_width, lines)
        closing = [catalog.text("terminal.automated")]
        if not self._whole and answer.outcome is not Outcome.NO_MATCH:
            closing.append(catalog.text("terminal.more"))
        yield Text(" ".join(closing), style="dim")

    def _in_short(self, section: RowSection, width: int, lines: int) -> Iterator[RenderableType]:
        catalog = self._messages
        room = max(width - _INDENT, _LEAST_LINE)
        for row in section.rows:
            yield self._title(row, max(room - len(row.tag.text) - 1, _LEAST_LINE))
            yield Padding(self._fact(row, room, lines), (0, 0, 0, _INDENT))
        folded = [*section.more, *section.weak]
        if folded:
            names = "; ".join(row.name.text for row in folded)
            key = "row.more" if section.more else "row.weak.one" if len(folded) == 1 else "row.weak"
            line = catalog.text("row.weak.named", told=catalog.text(key, count=len(folded)), names=names)
            yield Padding(Text(shortened(line, 2 * room), style="dim"), (0, 0, 0, _INDENT))

    def _title(self, row: SuggestionRow, most: int | None = None) -> Table:
        """Return the number, name and tag of a row; the name in so many characters at most, where not in full."""
        grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
        grid.add_column(width=_INDENT - 1)
        grid.add_column(ratio=1)
        grid.add_column(justify="right")
        tag = Text(row.tag.text, style=_COLOURS[row.tag.tone])
        name = row.name.text if most is None else shortened(row.name.text, most)
        grid.add_row(Text(f"{row.position}."), Text(name, style="bold"), tag)
        return grid

    def _fact(self, row: SuggestionRow, width: int, lines: int) -> Text:
        """Return the fact of a row on so many lines, with the rules of a scheme at the end of the last."""
        signs = " ".join(str(sign) for sign in row.signs)
        room = max(width * lines - len(signs) - 1, _LEAST_LINE) if signs else width * lines
        return Text(f"{shortened(row.line.text, room)} {signs}".rstrip())

    def _in_full(self, section: RowSection) -> Iterator[RenderableType]:
        for row in section.all:
            yield self._title(row)
            yield from self._suggestion(row.suggestion)

    def _suggestion(self, suggestion: Suggestion) -> Iterator[RenderableType]:
        catalog = self._messages
        lines: list[Text] = [Text(sentence) for sentence in why(suggestion, self._answer, catalog)]
        lines += [Text(sentence) for sentence in status_sentences(suggestion, catalog)]
        if isinstance(suggestion, Scheme):
            lines += [Text(f"{SIGNS[verdict]} {sentence}") for verdict, sentence in rules(suggestion, catalog)]
        lines += [line for evidence in suggestion.evidence for line in self._quote(evidence)]
        lines += [Text(f"→ {line}") for line in (*reached(suggestion, catalog), next_step(suggestion, catalog)) if line]
        yield Padding(Text("\n").join(lines), (0, 0, 1, _INDENT))

    def _quote(self, evidence: Evidence) -> Iterator[Text]:
        """Yield a quote with its source; a quote that stands above already is not told twice."""
        catalog = self._messages
        if evidence.quote not in self._quoted:
            self._quoted.add(evidence.quote)
            opening, closing = ("“", "”") if evidence.language is Language.EN else ("«", "»")
            same = evidence.language is catalog.language
            foreign = "" if same else f" [{catalog.text(f'language.{evidence.language}')}]"
            yield Text(f"{opening}{_cut(evidence.quote)}{closing}{foreign}", style="italic")
        yield Text(catalog.text("evidence.source", source=evidence.source), style="dim")


class TerminalReply:
    """A reply of a conversation that rich can print."""

    def __init__(
        self, reply: Reply, shown: int, contact: str | None, *, whole: bool = False, address: str | None = None
    ) -> None:
        """Take a reply, with who the broker is and where the web pages are, as far as either is set."""
        self._reply = reply
        self._shown = shown
        self._contact = contact
        self._address = address
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield what is told besides, then the answer, then the questions back."""
        reply = self._reply
        yield from (Text(sentence, style="yellow") for sentence in note_sentences(reply))
        if reply.answer is None:
            yield from self._in_words()
            return
        yield TerminalAnswer(reply.answer, self._shown, whole=self._whole, only=only_kind(reply))
        if reply.asks:
            yield Text(messages(reply.language).text("chat.asks"), style="bold")
            yield from (Text(f"? {question}") for question in questions_back(reply))
        for other in reply.further:
            yield Text("")
            yield TerminalReply(other, self._shown, self._contact, whole=self._whole, address=self._address)

    def _in_words(self) -> Iterator[RenderableType]:
        """Yield a reply that is no answer: what is told, then what there is to choose from."""
        reply = self._reply
        if (elsewhere := self._elsewhere()) is not None:
            yield Text(elsewhere)
            return
        bits = follow_up_parts_of(reply, self._contact)
        if not bits:
            yield Text(reply_sentence(reply, self._contact))
        for bit in bits:
            match bit.style:
                case PartStyle.NAME:
                    yield Text(bit.text, style="bold")
                case PartStyle.POINT:
                    yield Padding(Text(f"· {bit.text}"), (0, 0, 0, 1))
                case PartStyle.SMALL:
                    yield Text(bit.text, style="dim")
                case PartStyle.LETTER:
                    yield Padding(Text(bit.text), (1, 0, 1, _INDENT))
                case PartStyle.TEXT:
                    yield Text(bit.text)
        labels = choice_labels(reply)
        yield from (Text(f"{number}. {label}") for number, label in enumerate(labels, start=1))
        if labels:
            yield Text(messages(reply.language).text("choice.number"), style="dim")

    def _elsewhere(self) -> str | None:
        """Return what is said in place of "send it from here", since nothing can be sent from a terminal."""
        reply, text = self._reply, messages(self._reply.language).text
        way = "" if self._contact else "_web" if self._address else "_plain"
        broker = text(f"reply.contact.terminal{way}", contact=self._contact or "", address=self._address or "")
        if reply.kind is ReplyKind.CONTACT:
            return broker
        if reply.told is None or reply.told.about is not Intent.SAVE:
            return None
        news = text("told.saved.terminal_web", address=self._address) if self._address else broker
        return f"{text('told.saved.terminal')} {news}"


def _cut(quote: str) -> str:
    if len(quote) <= _QUOTE_CHARACTERS:
        return quote
    return quote[:_QUOTE_CHARACTERS].rsplit(" ", 1)[0] + " …"
