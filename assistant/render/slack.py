"""An answer as a Slack message: pure, from data to blocks and a text that stands in for them.

Invariant: every message fits Slack's limits whatever the data holds, and what matters stands in sections, headings,
small print and buttons, which every Slack client shows. Nothing is told by a sign or a colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.matching.answers import Answer, Scheme
from assistant.platform.messages import Messages, messages
from assistant.platform.user_text import MAX_QUESTION
from assistant.render.assumptions import assumptions_of
from assistant.render.block_kit import (
    MAX_FALLBACK,
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    escape,
    feedback,
    fit,
    fits,
    section,
)
from assistant.render.rows import HEADINGS, RowSection, SuggestionRow, sections_of
from assistant.render.sentences import SIGNS, next_step, reached, rules, status_sentences, why
from assistant.render.slack_actions import About, ActionId
from assistant.render.summary import summary_text
from corpus.records import Kind
from corpus.text import Frozen, Language
from index.scoring.reasons import Evidence

SHOWN = 3
"""Suggestions of each kind in a first message; the rest is a click away."""
MOST = 30
"""Blocks of an answer's message; Slack takes more, but nobody reads them."""
_INTRODUCE = {Kind.ACTOR: "slack.introduce", Kind.INSTRUMENT: "slack.pursue", Kind.IDEA: "slack.learn"}
_NAME, LINE, _QUOTE, _NOTE = 160, 300, 220, 600
"""Characters of a name, of a reason, of a quote and of a note, as they travel."""
_LINES_IN_SECTION = 8
_QUOTES = 3
MARK = "mark:"
"""What the id of a block begins with that tells what was done to a suggestion."""


class Marked(Frozen):
    """Something that was done to a suggestion, shown in place of its buttons."""

    record_id: str
    text: str
    """What is shown, as markup whose data is escaped already."""


_LAYOUTS = ((SHOWN, LINE), (2, LINE), (1, LINE), (1, 120))
"""How many suggestions of each kind are told with how many characters each, down to what always fits."""


def render_answer(
    answer: Answer,
    log_id: str | None,
    *,
    notes: Sequence[str] = (),
    questions: Sequence[str] = (),
    marks: Iterable[Marked] = (),
    private: bool = False,
    only: Kind | None = None,
) -> Message:
    """Return an answer as a message.

    Args:
        answer: What was found.
        log_id: Under which the answer is logged; without it there are no buttons.
        notes: What should be known first, as plain sentences.
        questions: What is asked back, as plain sentences.
        marks: What was done already.
        private: Whether only the asker sees the message, and may share it.
        only: The one kind that was looked for, where it was no more than one.
    """
    composer = _Composer(answer, log_id, {mark.record_id: mark for mark in marks})
    for shown, line in _LAYOUTS:
        blocks = [
            *composer.opening(notes, private, only),
            *composer.groups(shown, line),
            *composer.closing(questions, private),
        ]
        if fits(blocks) and len(blocks) < MOST:
            break
    return Message(text=composer.fallback(only), blocks=blocks)


def render_more(answer: Answer, log_id: str, kind: Kind, start: int, *, marks: Iterable[Marked] = ()) -> Message:
    """Return the next suggestions of a kind, or a sentence that there are no more.

    Args:
        answer: What was found.
        log_id: Under which the answer is logged.
        kind: Of which kind.
        start: The place of the first in its list, from 1.
        marks: What was done already.
    """
    composer = _Composer(answer, log_id, {mark.record_id: mark for mark in marks}, start)
    section = composer.section(kind)
    begun = max(start - 1, 0)
    if section is None or begun >= len(section.all):
        return render_text(composer.catalog.text("slack.no_more"))
    for shown, line in _LAYOUTS:
        blocks = list(composer.group(section, section.all[begun : begun + shown], begun, line))
        if fits(blocks):
            break
    return Message(text=composer.fallback(), blocks=blocks)


def render_why(answer: Answer, record_id: str) -> Message | None:
    """Return what stands behind a suggestion: reasons, rules, dates, quotes with sources; None for one not in it."""
    catalog = messages(answer.language)
    rows = (row for section in sections_of(answer, catalog) for row in section.all)
    row = next((row for row in rows if row.suggestion.id == record_id), None)
    if row is None:
        return None
    one = row.suggestion
    lines = why(one, answer, catalog) + status_sentences(one, catalog)
    if isinstance(one, Scheme):
        lines += [f"{SIGNS[verdict]} {fitted}" for verdict, fitted in rules(one, catalog)]
    lines += [line for line in (*reached(one, catalog), next_step(one, catalog)) if line]
    title = fit(row.name.text, _NAME)
    quotes = [_quoted(evidence, catalog) for evidence in one.evidence[:_QUOTES]]
    for most in (LINE, 120, 60):
        fitted = [fit(line, most) for line in lines]
        parts = [fitted[begun : begun + _LINES_IN_SECTION] for begun in range(0, len(fitted), _LINES_IN_SECTION)]
        blocks = [section(f"*{title}*"), *(section("\n".join(part)) for part in parts)]
        if quotes and most == LINE:
            blocks.append(context(quotes))
        if fits(blocks):
            break
    return Message(text=title, blocks=blocks)


def render_text(*sentences: str) -> Message:
    """Return plain sentences as a message."""
    text = fit("\n".join(sentences), MAX_FALLBACK)
    return Message(text=text, blocks=[section(text)])


def render_warning(catalog: Messages, sealed: str | None) -> Message:
    """Return the warning that something seems to be about a certain person.

    Args:
        catalog: The texts in the language of whoever wrote it.
        sealed: What they wrote, for the button that sends it all the same; without it they are asked to use a window.
    """
    key, action = ("slack.personal.anyway", ActionId.SEND_ANYWAY) if sealed else ("slack.home.ask", ActionId.ASK)
    warning = catalog.text("personal.slack")
    offer = catalog.text("slack.personal.offer" if sealed else "slack.personal.window")
    row = [button(catalog.text(key), action, sealed or "ask")]
    return Message(text=warning, blocks=[section(escape(warning)), section(escape(offer)), actions(row, "personal")])


class _Composer:
    """Makes the parts of one answer's message."""

    def __init__(self, answer: Answer, log_id: str | None, marks: dict[str, Marked], start: int = 0) -> None:
        self.catalog: Messages = messages(answer.language)
        self._answer = answer
        self._log_id = log_id
        self._marks = marks
        self._start = start
        self._sections = sections_of(answer, self.catalog)

    def section(self, kind: Kind) -> RowSection | None:
        return next((one for one in self._sections if one.kind is kind), None)

    def opening(self, notes: Sequence[str], private: bool, only: Kind | None) -> Iterator[Block]:
        answer, text = self._answer, self.catalog.text
        fitted = [fit(note, _NOTE) for note in notes]
        if private:
            fitted.insert(0, text("slack.you_asked", question=fit(answer.question, LINE)))
        if answer.shortened:
            fitted.append(fit(text("note.shortened", limit=MAX_QUESTION), _NOTE))
        if fitted:
            yield context(fitted)
        yield section(f"*{fit(summary_text(answer, self.catalog, only), _NOTE)}*")
        yield context([fit(" · ".join(assumption.text for assumption in assumptions_of(answer, self.catalog)), _NOTE)])

    def groups(self, shown: int, line: int) -> Iterator[Block]:
        for one in self._sections:
            yield from self.group(one, one.rows[:shown], 0, line)

    def group(self, part: RowSection, rows: Sequence[SuggestionRow], begun: int, line: int) -> Iterator[Block]:
        heading = section(f"*{self.catalog.text(HEADINGS[part.kind])}*")
        end = begun + len(rows)
        left = len(part.all) - end
        if self._log_id and left > 0:
            about = About(log_id=self._log_id, record_id=part.kind.value, start=end + 1)
            only_weak = end >= len(part.rows) + len(part.more)
            key = "slack.show_more" if not only_weak else "row.weak.one" if left == 1 else "row.weak"
            heading["accessory"] = button(self.catalog.text(key, count=left), ActionId.SHOW_MORE, about.packed())
        yield heading
        for row in rows:
            yield from self._suggestion(row, line)

    def closing(self, questions: Sequence[str], private: bool) -> Iterator[Block]:
        text = self.catalog.text
        if questions:
            yield section("\n".join([text("slack.asks"), *(f"• {fit(question, LINE)}" for question in questions)]))
        if not self._log_id:
            return
        about = About(log_id=self._log_id)
        yield divider()
        row = [button(text("slack.ask_broker"), ActionId.ASK_BROKER, about.packed())]
        row.append(button(text("saved.save"), ActionId.SAVE, about.packed()))
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

    def fallback(self, only: Kind | None = None) -> str:
        return fit(summary_text(self._answer, self.catalog, only), MAX_FALLBACK)

    def _suggestion(self, row: SuggestionRow, line: int) -> Iterator[Block]:
        title = f"*{row.position}. {fit(row.name.text, _NAME)}* ({escape(row.tag.text)})"
        lines = [title, fit(row.line.text, line)]
        meta = [" ".join(str(sign) for sign in row.signs), *row.meta, row.site or ""]
        if small := [fit(one, line) for one in meta if one]:
            lines.append(" · ".join(small))
        yield section("\n".join(lines))
        if mark := self._marks.get(row.suggestion.id):
            yield context([mark.text], f"{MARK}{row.suggestion.id}")
        elif self._log_id:
            yield self._buttons(row)

    def _buttons(self, row: SuggestionRow) -> Block:
        text, name = self.catalog.text, row.name.text
        about = About(log_id=self._log_id or "", record_id=row.suggestion.id, start=self._start).packed()
        introduce, refuse, behind = text(_INTRODUCE[row.kind]), text("slack.not_for_us"), text("slack.why")
        buttons = [
            button(introduce, ActionId.INTRODUCE, about, label=f"{introduce}: {name}"),
            button(behind, ActionId.WHY, about, label=f"{behind}: {name}"),
            button(refuse, ActionId.NOT_FOR_US, about, label=f"{refuse}: {name}"),
            button(text("slack.more_like_this"), ActionId.MORE_LIKE_THIS, about),
        ]
        return actions(buttons, f"about:{row.suggestion.id}")


def _quoted(evidence: Evidence, catalog: Messages) -> str:
    """Return a quote with its source."""
    source = fit(catalog.text("evidence.source", source=evidence.source), LINE)
    opening, closing = ("“", "”") if evidence.language is Language.EN else ("«", "»")
    foreign = "" if evidence.language is catalog.language else f" [{catalog.text(f'language.{evidence.language}')}]"
    return f"{opening}{fit(evidence.quote, _QUOTE)}{closing}{foreign}\n{source}"
