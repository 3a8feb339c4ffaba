"""An answer as an Adaptive Card: pure, from data to a card.

Invariant: every card fits Teams' limit whatever the data holds; data stands in text runs, never as Markdown; nothing is
told by a sign or a colour alone, and numbers of suggestions are those of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.matching.answers import Answer, Scheme
from assistant.platform.messages import Messages, messages
from assistant.platform.user_text import MAX_QUESTION
from assistant.platform.workdays import norwegian_day
from assistant.render.adaptive import (
    Card,
    Element,
    actions,
    card,
    choice,
    columns,
    container,
    execute,
    fit,
    fits,
    heading,
    rich,
    run,
    show_card,
    text_input,
    toggle,
)
from assistant.render.assumptions import assumptions_of
from assistant.render.rows import HEADINGS, RowSection, SuggestionRow, TagTone, sections_of
from assistant.render.sentences import SIGNS, next_step, reached, rules, status_sentences, why
from assistant.render.summary import summary_text
from assistant.render.teams_actions import CONFIRMED, NOTE, PICK, REASON, ROW, TOKEN, RowAt, Verb
from assistant.service.messages import ActionType, PastAction, RejectionReason
from corpus.records import Kind
from corpus.text import Language

MAX_NOTE = 1_000
"""Characters of a note that somebody writes."""
_COLOUR = {TagTone.GOOD: "good", TagTone.SOON: "accent", TagTone.PLAIN: "default", TagTone.OVER: "attention"}
"""Those that Teams shows dark enough on white, and light enough on black, to be read."""
_INTRODUCE = {Kind.ACTOR: "slack.introduce", Kind.INSTRUMENT: "slack.pursue", Kind.IDEA: "slack.learn"}
_NAME, _LINE, _NOTE = 200, 300, 700
_MARKS = {ActionType.INTRODUCE: "teams.mark.introduce", ActionType.NOT_FOR_US: "teams.mark.not_for_us"}


class _Layout(NamedTuple):
    """How much is told: rows of each kind, characters of a row's line, and lines and quotes behind each row."""

    rows: int
    line: int
    why: int
    quotes: int
    """Quotes behind each row."""
    why_line: int


_LAYOUTS = (
    _Layout(4, _LINE, 14, 2, 320),
    _Layout(4, _LINE, 8, 1, 200),
    _Layout(3, _LINE, 10, 1, 240),
    _Layout(3, 240, 6, 1, 160),
    _Layout(3, 200, 4, 1, 120),
    _Layout(2, 200, 4, 1, 120),
    _Layout(1, 120, 3, 0, 100),
)
"""From what everybody gets whose records are as usual, down to what always fits."""


class AnswerOptions(NamedTuple):
    """How an answer is shown."""

    token: str
    """What its buttons carry; without it there are none."""
    notes: Sequence[str] = ()
    """What should be known first, as plain sentences."""
    questions: Sequence[str] = ()
    """What is asked back, as plain sentences."""
    only: Kind | None = None
    """The one kind that was looked for, where it was no more than one."""
    done: Sequence[PastAction] = ()
    """What was done with it already."""
    notice: str = ""
    """What came of what was just done."""
    draft: str = ""
    """A note that was written and not taken, since it seems to be about a certain person."""
    can_share: bool = False
    """Whether only the asker sees it, and others could be given its address."""


def render_answer(answer: Answer, shown: AnswerOptions) -> Card:
    """Return an answer as a card."""
    composer = _Composer(answer, shown)
    made: Card = {}
    for layout in _LAYOUTS:
        body = [*composer.opening(), *composer.groups(layout), *composer.closing()]
        made = card(body, speak=fit(summary_text(answer, composer.catalog, shown.only), _NOTE))
        if fits(made):
            break
    return made


def render_more(answer: Answer, shown: AnswerOptions, kind: Kind, start: int) -> Card:
    """Return the next suggestions of a kind, or a sentence that there are no more.

    Args:
        answer: What was found.
        shown: How it is shown.
        kind: Of which kind.
        start: The place of the first in its list, from 1.
    """
    composer = _Composer(answer, shown)
    begun = max(start - 1, 0)
    part = next((section for section in composer.sections if section.kind is kind), None)
    if part is None or begun >= len(part.all):
        return render_text(composer.catalog.text("slack.no_more"))
    made: Card = {}
    for layout in _LAYOUTS:
        rows = part.all[begun : begun + layout.rows]
        body = [*composer.told(), *composer.group(part, rows, begun, layout), *composer.closing(whole=False)]
        made = card(body, speak=composer.catalog.text(HEADINGS[kind]))
        if fits(made):
            break
    return made


def render_text(*sentences: str) -> Card:
    """Return plain sentences as a card."""
    return card([rich(run(fit(sentence, 4 * _NOTE))) for sentence in sentences], speak=fit(" ".join(sentences), _NOTE))


class _Composer:
    """Makes the parts of one answer's card."""

    def __init__(self, answer: Answer, shown: AnswerOptions) -> None:
        self.catalog: Messages = messages(answer.language)
        self.sections = sections_of(answer, self.catalog)
        self._answer = answer
        self._shown = shown
        self._marks = self._marked(shown.done)

    def opening(self) -> Iterator[Element]:
        answer, text = self._answer, self.catalog.text
        notes = [*self._shown.notes, *([text("note.shortened", limit=MAX_QUESTION)] if answer.shortened else [])]
        yield from self.told()
        for note in notes:
            yield rich(run(fit(note, _NOTE), isSubtle=True, size="small"), spacing="small")
        yield rich(run(fit(summary_text(answer, self.catalog, self._shown.only), 2 * _NOTE), weight="bolder"))
        taken = " · ".join(assumption.text for assumption in assumptions_of(answer, self.catalog))
        yield rich(run(fit(taken, _NOTE), isSubtle=True, size="small"), spacing="small")

    def told(self) -> Iterator[Element]:
        if self._shown.notice:
            yield container([rich(run(fit(self._shown.notice, _NOTE), weight="bolder"))], style="emphasis")

    def groups(self, layout: _Layout) -> Iterator[Element]:
        for section in self.sections:
            yield from self.group(section, section.rows[: layout.rows], 0, layout)

    def group(self, part: RowSection, rows: Sequence[SuggestionRow], begun: int, layout: _Layout) -> Iterator[Element]:
        words = self.catalog.text(HEADINGS[part.kind])
        yield heading(words, spacing="large", separator=True)
        for row in rows:
            yield from self._suggestion(row, layout)
        end = begun + len(rows)
        if self._shown.token and (left := len(part.all) - end) > 0:
            only_weak = end >= len(part.rows) + len(part.more)
            key = "slack.show_more" if not only_weak else "row.weak.one" if left == 1 else "row.weak"
            data = self._data(RowAt(kind=part.kind, position=end + 1))
            yield actions([execute(self.catalog.text(key, count=left), Verb.SHOW_MORE, data)], spacing="small")

    def closing(self, *, whole: bool = True) -> Iterator[Element]:
        text = self.catalog.text
        if whole and self._shown.questions:
            asked = [rich(run(f"• {fit(question, _LINE)}"), spacing="none") for question in self._shown.questions]
            yield container([rich(run(text("slack.asks"), weight="bolder")), *asked], separator=True)
        if not self._shown.token:
            return
        data = self._data()
        save = execute(text("saved.save"), Verb.SAVE, data)
        buttons = [self._ask_broker(data), *([self._not_for_us(data)] if self.sections else []), save]
        yield actions(buttons, separator=True, spacing="medium")
        if whole:
            # In a row of their own: no more than three buttons stand beside each other on a telephone.
            opinions = [
                execute(f"👍 {text('slack.helpful')}", Verb.HELPFUL, data),
                execute(f"👎 {text('slack.not_helpful')}", Verb.NOT_HELPFUL, data),
            ]
            share = [execute(text("teams.share"), Verb.SHARE, data)] if self._shown.can_share else []
            yield actions([*opinions, *share], spacing="small")
        yield rich(run(text("teams.automated"), isSubtle=True, size="small"), spacing="small")

    def _suggestion(self, row: SuggestionRow, layout: _Layout) -> Iterator[Element]:
        name = rich(run(f"{row.position}. {fit(row.name.text, _NAME)}", weight="bolder"), spacing="none")
        # The tag stands in a line of its own kind, not beside the name: on a telephone there is no room for both.
        meta = [" ".join(str(sign) for sign in row.signs), *row.meta, row.site or ""]
        small = "".join(f" · {fit(one, layout.line)}" for one in meta if one)
        tag = run(fit(row.tag.text, _NAME), size="small", color=_COLOUR[row.tag.tone])
        about = [
            rich(run(fit(row.line.text, layout.line)), spacing="none"),
            rich(tag, *([run(small, isSubtle=True, size="small")] if small else []), spacing="none"),
        ]
        mark = self._marks.get(row.suggestion.id)
        if mark:
            about.append(rich(run(mark, weight="bolder", size="small"), spacing="none"))
        at = RowAt(kind=row.kind, position=row.position)
        can_pick = self._shown.token and not mark
        box = [toggle(f"{PICK}.{at.packed()}", self.catalog.text("teams.pick"))] if can_pick else []
        items: list[Element] = [
            columns(("stretch", [name, *about]), ("auto", box)) if box else container([name, *about])
        ]
        if self._shown.token:
            behind = show_card(self.catalog.text("slack.why"), self._why(row, layout), self._own_buttons(row, at))
            items.append(actions([behind], spacing="small"))
        yield container(items, **({"separator": True} if row.position > 1 else {}))

    def _own_buttons(self, row: SuggestionRow, at: RowAt) -> list[Element]:
        text, data = self.catalog.text, self._data(at)
        introduce = execute(text(_INTRODUCE[row.kind]), Verb.INTRODUCE, data, primary=True)
        like = execute(text("slack.more_like_this"), Verb.MORE_LIKE_THIS, data)
        return [like] if row.suggestion.id in self._marks else [introduce, like]

    def _why(self, row: SuggestionRow, layout: _Layout) -> list[Element]:
        """Return what stands behind a suggestion: reasons, rules, dates, how it is reached, quotes with sources."""
        one, catalog, most = row.suggestion, self.catalog, layout.why_line
        lines = why(one, self._answer, catalog) + status_sentences(one, catalog)
        if isinstance(one, Scheme):
            lines += [f"{SIGNS[verdict]} {texts}" for verdict, texts in rules(one, catalog)]
        lines += [line for line in (*reached(one, catalog), next_step(one, catalog)) if line]
        if len(lines) > layout.why:
            # What to do now stands last, and is told whatever else is left out.
            lines = [*lines[: layout.why - 1], lines[-1]]
        texts = [rich(run(fit(line, most))) for line in lines]
        for evidence in one.evidence[: layout.quotes]:
            opening, closing = ("“", "”") if evidence.language is Language.EN else ("«", "»")
            source = catalog.text("evidence.source", source=evidence.source)
            texts.append(
                rich(
                    run(f"{opening}{fit(evidence.quote, most)}{closing} ", italic=True),
                    run(fit(source, most), isSubtle=True, size="small"),
                    spacing="small",
                )
            )
        return texts or [rich(run(fit(row.line.text, most)))]

    def _ask_broker(self, data: dict[str, str]) -> Element:
        text = self.catalog.text
        field = text_input(NOTE, text("slack.ask_broker.label"), MAX_NOTE, value=self._shown.draft, multiline=True)
        box = [toggle(CONFIRMED, text("slack.personal.box"))] if self._shown.draft else []
        hint = rich(run(text("slack.ask.hint"), isSubtle=True))
        body = [rich(run(text("teams.ask_broker.which"))), field, *box, hint]
        return show_card(
            text("slack.ask_broker"), body, [execute(text("slack.send"), Verb.ASK_BROKER, data, primary=True)]
        )

    def _not_for_us(self, data: dict[str, str]) -> Element:
        text = self.catalog.text
        reasons = [(one.value, text(f"not_for_us.{one}")) for one in RejectionReason]
        body = [
            rich(run(text("teams.not_for_us.which"))),
            choice(REASON, text("slack.not_for_us.label"), reasons, need=text("slack.choose_first")),
            text_input(f"{NOTE}.{REASON}", text("slack.note"), MAX_NOTE, multiline=True),
        ]
        return show_card(text("slack.not_for_us"), body, [execute(text("slack.save"), Verb.NOT_FOR_US, data)])

    def _data(self, at: RowAt | None = None) -> dict[str, str]:
        return {TOKEN: self._shown.token, **({ROW: at.packed()} if at else {})}

    def _marked(self, done: Sequence[PastAction]) -> dict[str, str]:
        marks = {}
        for one in done:
            if one.record_id and one.verb in _MARKS:
                date = self.catalog.short_date(norwegian_day(one.at).isoformat())
                marks[one.record_id] = self.catalog.text(_MARKS[one.verb], date=date)
        return marks
