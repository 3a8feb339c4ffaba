"""Scripted dialogues through the service, each turn held against what is expected of it.

Invariant: what is measured is what people are told: the replies of the real service, in the words of the terminal. Each
dialogue has an asker and a thread of its own; nothing of the one is known in the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from assistant.dialogue.conversation import ConversationState
from assistant.matching.narrowing import has_date
from assistant.platform.people import Asker, Channel
from assistant.render.replies import note_sentences, reply_text
from assistant.service.messages import PersonalDataError, Reply, ReplyKind, UserMessage
from corpus.files import YamlError, read_yaml
from corpus.places import load_places
from corpus.records import Actor, ActorType, FundingInstrument, Kind, ProjectIdea
from corpus.text import Frozen, Language
from index.analysis import normalise
from index.evaluation import EvaluationError, Figure

if TYPE_CHECKING:
    from assistant.service.container import Runtime
    from corpus.store import RecordStore

SHOWN = 5
_PLACEHOLDER = re.compile(r"\{(partner|scheme|idea)(\d)\}")
_KINDS = {"partner": Kind.ACTOR, "scheme": Kind.INSTRUMENT, "idea": Kind.IDEA}
_Z = 1.96


class Expected(Frozen):
    """What a turn has to come to; all that is given has to hold."""

    shows: tuple[Literal["answer", "reply", "question", "warning"], ...]
    need: Literal["kept", "new", "none"] | None = None
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    language: Language | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    partners: dict[str, Any] = Field(default_factory=dict)
    schemes: dict[str, Any] = Field(default_factory=dict)
    names: tuple[str, ...] = ()


class ScriptedTurn(Frozen):
    """Something said, and what is expected of the reply."""

    say: str
    kind: str
    expect: Expected


class Dialogue(Frozen):
    """A conversation as somebody might have it."""

    id: str
    split: Literal["dev", "test"]
    language: Language
    turns: tuple[ScriptedTurn, ...]


class TurnVerdict(NamedTuple):
    """How one turn went."""

    dialogue: str
    number: int
    kind: str
    said: str
    reply: str
    faults: tuple[str, ...]
    """What did not hold; empty for a turn that was handled right."""
    lost: bool
    """Whether the need was dropped or replaced where it was to be kept."""
    keeps: bool
    """Whether the need was to be kept."""
    intent: str
    asked: bool = True
    """Whether it could be said at all: what it names was in the answer before it."""


def read_dialogues(path: Path, split: str | None = None) -> list[Dialogue]:
    """Return the dialogues of a file, or of one half of it.

    Raises:
        EvaluationError: the file cannot be read, or holds something else.
    """
    try:
        plain: Any = read_yaml(path.read_text(encoding="utf-8"))
        found = [Dialogue.model_validate(one) for one in plain]
    except (OSError, UnicodeDecodeError, YamlError, ValidationError, TypeError) as error:
        raise EvaluationError(f"{path}: cannot be read as dialogues: {error}") from error
    return [one for one in found if split in {None, one.split}]


def run_dialogues(dialogues: Iterable[Dialogue], runtime: Runtime) -> list[TurnVerdict]:
    """Return how each turn of each dialogue went."""
    return [verdict for dialogue in dialogues for verdict in _Run(dialogue, runtime).verdicts()]


class _Run:
    """One dialogue, turn by turn."""

    def __init__(self, dialogue: Dialogue, runtime: Runtime) -> None:
        self._dialogue = dialogue
        self._runtime = runtime
        self._asker = Asker(channel=Channel.TERMINAL, tenant="dialogues", user=dialogue.id)
        self._state = ConversationState()

    def verdicts(self) -> Iterable[TurnVerdict]:
        for number, turn in enumerate(self._dialogue.turns, start=1):
            yield self._turn(number, turn)

    def _turn(self, number: int, turn: ScriptedTurn) -> TurnVerdict:
        before, expect = self._state, turn.expect
        text = self._filled(turn.say, before)
        if _PLACEHOLDER.search(text):
            return TurnVerdict(
                self._dialogue.id, number, turn.kind, text, "", (), False, False, "not asked", asked=False
            )
        message = UserMessage(
            key=f"{self._dialogue.id}-{number}",
            asker=self._asker,
            conversation=self._dialogue.id,
            text=text,
            top_k=SHOWN,
        )
        try:
            reply = self._runtime.service.handle(message)
        except PersonalDataError:
            reply = None
        self._state = after = self._runtime.service.state_of(self._asker, self._dialogue.id)
        faults = list(_shown_faults(expect, reply)) + list(_need_faults(expect, before, after))
        if reply is not None:
            plain = _plain(reply)
            faults += self._text_faults(expect, plain, before)
            if expect.language is not None and reply.language is not expect.language:
                faults.append(f"language {reply.language}")
            faults += _fact_faults(expect.facts, after)
            faults += _partner_faults(expect.partners, reply, self._runtime.store)
            if expect.schemes.get("all_open") and reply.answer and not all(map(has_date, reply.answer.schemes)):
                faults.append("a scheme is not open")
        else:
            plain = "(warning: personal data)"
        lost = expect.need == "kept" and not _is_kept(before, after)
        intent = _intent(reply)
        return TurnVerdict(
            self._dialogue.id, number, turn.kind, text, plain, tuple(faults), lost, expect.need == "kept", intent
        )

    def _filled(self, text: str, state: ConversationState) -> str:
        def name(match: re.Match[str]) -> str:
            listed = [item.name for item in state.shown if item.kind is _KINDS[match[1]]]
            number = int(match[2])
            return listed[number - 1] if number <= len(listed) else match[0]

        return _PLACEHOLDER.sub(name, text)

    def _names(self, row: str, state: ConversationState) -> list[str]:
        """Return what a row of the answer before is called, in each language."""
        match = _PLACEHOLDER.fullmatch(f"{{{row}}}")
        listed = [item for item in state.shown if match and item.kind is _KINDS[match[1]]]
        number = int(match[2]) if match else 0
        if not 1 <= number <= len(listed):
            return []
        record = self._runtime.store.find(listed[number - 1].id)
        names = record.name.items() if isinstance(record, Actor | FundingInstrument | ProjectIdea) else ()
        return [listed[number - 1].name, *(name.text for name in names)]

    def _text_faults(self, expect: Expected, plain: str, before: ConversationState) -> list[str]:
        text = normalise(plain)
        faults = []
        for wanted in expect.contains:
            ways = [normalise(self._filled(one, before)) for one in wanted.split("|")]
            if not any(way in text for way in ways if way):
                faults.append(f"lacks {wanted!r}")
        faults += [f"holds {lack!r}" for lack in expect.lacks if normalise(self._filled(lack, before)) in text]
        for row in expect.names:
            names = self._names(row, before)
            if names and not any(normalise(name) in text for name in names):
                faults.append(f"does not name {names[0]!r}")
        return faults


def _plain(reply: Reply) -> str:
    """Return a whole reply as plain text."""
    from rich.console import Console

    from assistant.render.terminal import TerminalReply

    lines = []
    if reply.answer is None:
        lines = [*note_sentences(reply), reply_text(reply, None)]
    else:
        console = Console(width=400, file=StringIO(), record=True, color_system=None)
        console.print(TerminalReply(reply, SHOWN, None))
        lines = [console.export_text()]
    return "\n".join(line.rstrip() for one in lines for line in one.splitlines())


def _intent(reply: Reply | None) -> str:
    if reply is None:
        return "warning"
    return reply.told.about.value if reply.told else reply.kind.value


def _shown_parts(reply: Reply | None) -> set[str]:
    """Return what a reply shows, in the words of the scripts."""
    if reply is None or any(note.key == "personal_data" for note in reply.notes):
        return {"warning"}
    if reply.kind is ReplyKind.ANSWER:
        return {"answer", "question"} if reply.asks else {"answer"}
    if reply.choices or reply.kind in {ReplyKind.UNCLEAR, ReplyKind.NEW_TOPIC, ReplyKind.NOTED, ReplyKind.EMPTY}:
        return {"question", "reply"}
    return {"reply"}


def _shown_faults(expect: Expected, reply: Reply | None) -> Iterable[str]:
    shown = _shown_parts(reply)
    if shown.isdisjoint(expect.shows):
        yield f"shows {sorted(shown)} for {list(expect.shows)}"


def _is_kept(before: ConversationState, after: ConversationState) -> bool:
    old, new = before.question, after.question
    if old is None:
        return new is None
    return new is not None and (new == old or new.startswith(old))


def _need_faults(expect: Expected, before: ConversationState, after: ConversationState) -> Iterable[str]:
    match expect.need:
        case "kept" if not _is_kept(before, after):
            yield "need lost"
        case "new" if after.question is None or after.question == before.question:
            yield "need not new"
        case "none" if after.question is not None:
            yield "a need is held"


def _fact_faults(wanted: Mapping[str, Any], state: ConversationState) -> Iterable[str]:
    facts = state.facts
    known: dict[str, Any] = {
        "place": facts.place,
        "kind": facts.applicant_type.value if facts.applicant_type else None,
        "parties": facts.parties,
        "start": facts.starts_on,
        "months": facts.months,
        "county": facts.fylkesnummer,
        "partners": facts.partners,
    }
    for name, value in wanted.items():
        got = known.get(name)
        fits = str(got).casefold().startswith(str(value).casefold()) if got is not None else False
        if name == "partners":
            fits = bool(got)
        if not fits:
            yield f"fact {name} is {got!r}, not {value!r}"


def _partner_faults(wanted: Mapping[str, Any], reply: Reply, store: RecordStore) -> Iterable[str]:
    if not wanted or reply.answer is None:
        return
    records = [store.find(partner.id) for partner in reply.answer.partners]
    actors = [record for record in records if isinstance(record, Actor)]
    names = [actor.name.best(Language.NB).text for actor in actors]
    if kind := wanted.get("all_type"):
        yield from (f"{actor.id} is {actor.actor_type}" for actor in actors if actor.actor_type != ActorType(kind))
    if kind := wanted.get("none_type"):
        yield from (f"{actor.id} is {kind}" for actor in actors if actor.actor_type == ActorType(kind))
    for name in wanted.get("none_named", ()):
        yield from (f"{one} is shown" for one in names if normalise(name) in normalise(one))
    if place := wanted.get("all_in"):
        yield from (f"{actor.id} is not in {place}" for actor in actors if not _is_in(actor, place))
    if place := wanted.get("none_in"):
        yield from (f"{actor.id} is in {place}" for actor in actors if _is_in(actor, place))


def _is_in(actor: Actor, place: str) -> bool:
    numbers = {one.number for one in load_places().find(f"i {place}")}
    own = {actor.place.kommunenummer, actor.place.fylkesnummer} if actor.place else set()
    reached = set(actor.reach.fylkesnummer) if actor.reach else set()
    return bool(numbers & (own | reached))


def figures_of(verdicts: Sequence[TurnVerdict]) -> list[Figure]:
    """Return the shares of turns handled right, by kind and in all, and of threads lost, each with a 95 % interval."""
    verdicts = [verdict for verdict in verdicts if verdict.asked]
    kinds = sorted({verdict.kind for verdict in verdicts})
    figures = [_share("handled right", "all", [not verdict.faults for verdict in verdicts])]
    figures += [
        _share("handled right", kind, [not verdict.faults for verdict in verdicts if verdict.kind == kind])
        for kind in kinds
    ]
    figures.append(_share("threads lost", "all", [verdict.lost for verdict in verdicts if verdict.keeps]))
    return figures


def _share(measure: str, group: str, told: Sequence[bool]) -> Figure:
    """Return a share with Wilson's interval, which holds for few and for shares near 0 and 1 too."""
    size = len(told)
    if not size:
        return Figure(measure, group, 0.0, 0.0, 1.0, 0)
    share = sum(told) / size
    middle = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z * ((share * (1 - share) + _Z**2 / (4 * size)) / size) ** 0.5 / (1 + _Z**2 / size)
    return Figure(measure, group, share, max(middle - half, 0.0), min(middle + half, 1.0), size)
