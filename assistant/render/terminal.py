"""An answer for a terminal: readable at 80 columns, in colour or without.

Invariant: meaning never hangs on colour or symbol alone, and record text is printed as it is, never as markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from assistant.matching.answers import Answer, Outcome, Scheme, Suggestion
from assistant.platform.messages import messages
from assistant.platform.typed import MAX_QUESTION
from assistant.render.replies import note_sentences, questions_back, reply_sentence
from assistant.render.sentences import SIGNS, name_of, next_step, rules, standing, why
from assistant.service.turns import Reply
from corpus.records import Kind
from corpus.text import Language
from index.scoring.explain import Evidence
from index.scoring.ranking import MatchConfidence

_HEADINGS = {Kind.ACTOR: "heading.partners", Kind.INSTRUMENT: "heading.schemes", Kind.IDEA: "heading.ideas"}
_COLOURS = {MatchConfidence.STRONG: "green", MatchConfidence.GOOD: "cyan", MatchConfidence.POSSIBLE: "yellow"}
_QUOTE_CHARACTERS = 280
"""A quote longer than this is cut at a word and marked, since a terminal is read in passing."""


class TerminalAnswer:
    """An answer that rich can print."""

    def __init__(self, answer: Answer, shown: int) -> None:
        self._answer = answer
        self._shown = shown
        self._messages = messages(answer.language)
        self._quoted: set[str] = set()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the parts of the answer, what was asked for first."""
        answer, catalog = self._answer, self._messages
        self._quoted.clear()
        yield Text(answer.question, style="bold")
        if answer.shortened:
            yield Text(catalog.text("note.shortened", limit=MAX_QUESTION), style="yellow")
        if answer.outcome is Outcome.NO_MATCH:
            yield Text(catalog.text("outcome.no_match"))
            yield Text(catalog.text("outcome.no_match_advice"))
        if answer.outcome is Outcome.UNCERTAIN:
            yield Text(catalog.text("outcome.uncertain"))
        for kind in answer.order:
            suggestions = answer.suggestions(kind)[: self._shown]
            if suggestions:
                yield Text("")
                yield Rule(Text(catalog.text(_HEADINGS[kind]), style="bold"), align="left", style="dim")
                for position, suggestion in enumerate(suggestions, start=1):
                    yield from self._suggestion(position, suggestion)
        yield Text("")
        yield Text(catalog.text("note.automated"), style="dim")

    def _suggestion(self, position: int, suggestion: Suggestion) -> Iterator[RenderableType]:
        catalog = self._messages
        step = catalog.text(f"confidence.{suggestion.confidence}")
        title = Text(f"{position}. ").append(name_of(suggestion, catalog).text, style="bold")
        title.append(f"  {step}", style=_COLOURS[suggestion.confidence])
        yield title
        lines: list[Text] = [Text(sentence) for sentence in why(suggestion, self._answer, catalog)]
        lines += [Text(sentence) for sentence in standing(suggestion, catalog)]
        if isinstance(suggestion, Scheme):
            lines += [Text(f"{SIGNS[verdict]} {sentence}") for verdict, sentence in rules(suggestion, catalog)]
        lines += [line for evidence in suggestion.evidence for line in self._quote(evidence)]
        if advice := next_step(suggestion, catalog):
            lines.append(Text(f"→ {advice}"))
        yield Padding(Text("\n").join(lines), (0, 0, 1, 3))

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

    def __init__(self, reply: Reply, shown: int, contact: str | None) -> None:
        self._reply = reply
        self._shown = shown
        self._contact = contact

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield what is told besides, then the answer, then the questions back."""
        reply = self._reply
        yield from (Text(sentence, style="yellow") for sentence in note_sentences(reply))
        if reply.answer is None:
            yield Text(reply_sentence(reply, self._contact))
            return
        yield TerminalAnswer(reply.answer, self._shown)
        if reply.asks:
            yield Text(messages(reply.language).text("chat.asks"), style="bold")
            yield from (Text(f"? {question}") for question in questions_back(reply))


def _cut(quote: str) -> str:
    if len(quote) <= _QUOTE_CHARACTERS:
        return quote
    return quote[:_QUOTE_CHARACTERS].rsplit(" ", 1)[0] + " …"
