"""An answer as a Slack message: pure, from data to blocks and a text that stands in for them.

Invariant: every message fits Slack's limits whatever the data holds, and what matters stands in sections, headings,
small print and buttons, which every Slack client shows. Nothing is told by a sign or a colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.matching.answers import Answer, Outcome, Scheme, Suggestion
from assistant.platform.messages import Messages, messages
from assistant.platform.typed import MAX_QUESTION
from assistant.render.block_kit import (
    MAX_FALLBACK,
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    feedback,
    fit,
    fits,
    header,
    section,
)
from assistant.render.sentences import SIGNS, name_of, next_step, rules, standing, why
from assistant.render.slack_actions import About, ActionId
from corpus.records import Kind
from corpus.text import Frozen, Language
from index.scoring.explain import Evidence

SHOWN = 3
"""Suggestions of each kind in a first message; the rest is a click away."""
_HEADINGS = {Kind.ACTOR: "heading.partners", Kind.INSTRUMENT: "heading.schemes", Kind.IDEA: "heading.ideas"}
_INTRODUCE = {Kind.ACTOR: "slack.introduce", Kind.INSTRUMENT: "slack.pursue", Kind.IDEA: "slack.learn"}
_NAME, LINE, _QUOTE, _NOTE = 160, 300, 220, 600
"""Characters of a name, of a reason, of a quote and of a note, as they travel."""
_NAMED_IN_TEXT = 6
MARK = "mark:"
"""What the id of a block begins with that tells what was done to a suggestion."""


class Marked(Frozen):
    """Something that was done to a suggestion, shown in place of its buttons."""

    record_id: str
    text: str
    """What is shown, as markup whose data is escaped already."""


class Layout(Frozen):
    """How much of an answer is told, from the fullest to the one that always fits."""

    shown: int = SHOWN
    quotes: int = 0
    """Suggestions of each kind that are shown with a quote."""
    reasons: int = 2
    rules: int = 2
    """Rules of each scheme, those broken first."""
    line: int = LINE


_LAYOUTS = (
    Layout(quotes=SHOWN, reasons=4, rules=6),
    Layout(quotes=1, reasons=3, rules=4),
    Layout(shown=2, quotes=2),
    Layout(shown=2, quotes=1),
    Layout(shown=2),
    Layout(shown=1, quotes=1, reasons=1),
    Layout(shown=1, reasons=1, line=120),
)


def render_answer(
    answer: Answer,
    log_id: str | None,
    *,
    notes: Sequence[str] = (),
    questions: Sequence[str] = (),
    marks: Iterable[Marked] = (),
    private: bool = False,
) -> Message:
    """Return an answer as a message.

    Args:
        answer: What was found.
        log_id: Under which the answer is logged; without it there are no buttons.
        notes: What should be known first, as plain sentences.
        questions: What is asked back, as plain sentences.
        marks: What was done already.
        private: Whether only the asker sees the message, and may share it.
    """
    composer = _Composer(answer, log_id, {mark.record_id: mark for mark in marks})
    for layout in _LAYOUTS:
        blocks = [
            *composer.opening(notes, private),
            *composer.groups(layout),
            *composer.closing(questions, private),
        ]
        if fits(blocks):
            break
    return Message(text=composer.fallback(), blocks=blocks)


def render_more(answer: Answer, log_id: str, kind: Kind, start: int, *, marks: Iterable[Marked] = ()) -> Message:
    """Return the next suggestions of a kind, or a sentence that there are no more."""
    composer = _Composer(answer, log_id, {mark.record_id: mark for mark in marks}, start)
    if start >= len(answer.suggestions(kind)):
        return render_text(composer.catalog.text("slack.no_more"))
    for layout in _LAYOUTS:
        blocks = list(composer.group(kind, layout, start))
        if fits(blocks):
            break
    return Message(text=composer.fallback(), blocks=blocks)


def render_text(*sentences: str) -> Message:
    """Return plain sentences as a message."""
    text = fit("\n".join(sentences), MAX_FALLBACK)
    return Message(text=text, blocks=[section(text)])


class _Composer:
    """Makes the parts of one answer's message."""

    def __init__(self, answer: Answer, log_id: str | None, marks: dict[str, Marked], start: int = 0) -> None:
        self.catalog: Messages = messages(answer.language)
        self._answer = answer
        self._log_id = log_id
        self._marks = marks
        self._start = start
        self._quoted: set[str] = set()

    def opening(self, notes: Sequence[str], private: bool) -> Iterator[Block]:
        answer, text = self._answer, self.catalog.text
        told = [fit(note, _NOTE) for note in notes]
        if private:
            told.insert(0, text("slack.you_asked", question=fit(answer.question, LINE)))
        if answer.shortened:
            told.append(fit(text("note.shortened", limit=MAX_QUESTION), _NOTE))
        if told:
            yield context(told)
        if answer.outcome is Outcome.NO_MATCH:
            yield section(f"*{text('outcome.no_match')}*\n{text('outcome.no_match_advice')}")
        if answer.outcome is Outcome.UNCERTAIN:
            yield section(text("outcome.uncertain"))

    def groups(self, layout: Layout) -> Iterator[Block]:
        self._quoted.clear()
        for kind in self._answer.order:
            if self._answer.suggestions(kind):
                yield from self.group(kind, layout, 0)

    def group(self, kind: Kind, layout: Layout, start: int) -> Iterator[Block]:
        suggestions = self._answer.suggestions(kind)
        yield header(self.catalog.text(_HEADINGS[kind]))
        end = start + layout.shown
        for position, suggestion in enumerate(suggestions[start:end], start=start + 1):
            yield from self._suggestion(kind, position, suggestion, layout)
        left = len(suggestions) - end
        if self._log_id and left > 0:
            about = About(log_id=self._log_id, record_id=kind.value, start=end)
            label = self.catalog.text("slack.show_more", count=left)
            yield actions([button(label, ActionId.SHOW_MORE, about.packed())], f"more:{kind}:{end}")

    def closing(self, questions: Sequence[str], private: bool) -> Iterator[Block]:
        text = self.catalog.text
        if questions:
            yield section("\n".join([text("slack.asks"), *(f"• {fit(question, LINE)}" for question in questions)]))
        if not self._log_id:
            return
        about = About(log_id=self._log_id)
        yield divider()
        row = [button(text("slack.ask_broker"), ActionId.ASK_BROKER, about.packed())]
        if private:
            row.append(button(text("slack.share"), ActionId.SHARE, about.packed()))
        yield actions(row, "answer")
        yield feedback(
            (text("slack.helpful"), f"{about.packed()}|helpful"),
            (text("slack.not_helpful"), f"{about.packed()}|not_helpful"),
            ActionId.FEEDBACK,
            "feedback",
        )
        yield context([text("slack.automated_private" if private else "slack.automated")])

    def fallback(self) -> str:
        answer, text = self._answer, self.catalog.text
        names = [
            name_of(suggestion, self.catalog).text
            for kind in answer.order
            for suggestion in answer.suggestions(kind)[:SHOWN]
        ][:_NAMED_IN_TEXT]
        if not names:
            return fit(f"{text('outcome.no_match')} {text('outcome.no_match_advice')}", MAX_FALLBACK)
        sentence = text("slack.summary", names=self.catalog.listed(names))
        uncertain = f"{text('outcome.uncertain')} " if answer.outcome is Outcome.UNCERTAIN else ""
        return fit(uncertain + sentence, MAX_FALLBACK)

    def _suggestion(self, kind: Kind, position: int, suggestion: Suggestion, layout: Layout) -> Iterator[Block]:
        catalog = self.catalog
        name = name_of(suggestion, catalog).text
        step = catalog.text(f"confidence.{suggestion.confidence}")
        lines = why(suggestion, self._answer, catalog)[: layout.reasons]
        lines += standing(suggestion, catalog)
        if isinstance(suggestion, Scheme):
            lines += [f"{SIGNS[verdict]} {told}" for verdict, told in rules(suggestion, catalog)[: layout.rules]]
        if advice := next_step(suggestion, catalog):
            lines.append(advice)
        title = f"*{position}. {fit(name, _NAME)}* ({step})"
        yield section("\n".join([title, *(fit(line, layout.line) for line in lines)]))
        if (position - 1) % layout.shown < layout.quotes and suggestion.evidence:
            yield context([self._quote(suggestion.evidence[0], layout)])
        if mark := self._marks.get(suggestion.id):
            yield context([mark.text], f"{MARK}{suggestion.id}")
        elif self._log_id:
            yield self._buttons(kind, suggestion, name)

    def _buttons(self, kind: Kind, suggestion: Suggestion, name: str) -> Block:
        text = self.catalog.text
        about = About(log_id=self._log_id or "", record_id=suggestion.id, start=self._start).packed()
        row = [
            button(text(_INTRODUCE[kind]), ActionId.INTRODUCE, about, label=f"{text(_INTRODUCE[kind])}: {name}"),
            button(text("slack.not_for_us"), ActionId.NOT_FOR_US, about, label=f"{text('slack.not_for_us')}: {name}"),
            button(text("slack.more_like_this"), ActionId.MORE_LIKE_THIS, about),
        ]
        return actions(row, f"about:{suggestion.id}")

    def _quote(self, evidence: Evidence, layout: Layout) -> str:
        """Return a quote with its source; a quote that stands above already is not told twice."""
        catalog = self.catalog
        source = fit(catalog.text("evidence.source", source=evidence.source), layout.line)
        if evidence.quote in self._quoted:
            return source
        self._quoted.add(evidence.quote)
        opening, closing = ("“", "”") if evidence.language is Language.EN else ("«", "»")
        foreign = "" if evidence.language is catalog.language else f" [{catalog.text(f'language.{evidence.language}')}]"
        return f"{opening}{fit(evidence.quote, _QUOTE)}{closing}{foreign}\n{source}"
