"""Other records, and themes, by the names that people know them by.

Invariant: whatever is typed is either exactly one thing, or stays as it was typed; a likeness is only ever proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assistant.desk.catalogue import Catalogue, RecordLine
from assistant.desk.forms import THEMES, FormField, Posted, Widget, form_of, leaves, read_form
from corpus.los import LOS_THEMES
from corpus.records import CurationState, Kind
from corpus.text import Language
from index.analysis import normalise

PROPOSED = 12
"""Names that are proposed for what somebody has typed so far."""
_ALIKE = 60.0
"""The likeness (0-100, rapidfuzz) from which a name is proposed for one that is misspelt."""
_APART = " · "
"""What stands between a name and the id, where several have the name."""


class RecordReference(NamedTuple):
    """Something that can be referred to."""

    id: str
    name: str
    """In the reader's language; with the id where another has the same name."""


class RecordReferences:
    """What can be referred to, as a reader of one language knows it."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self._catalogue = catalogue
        self._language = language
        self._named: dict[str, dict[str, str]] = {}
        self._ids: dict[str, dict[str, set[str]]] = {}

    def choices(self, sort: str) -> list[RecordReference]:
        """Return everything of a kind of record, or all themes, that can be referred to."""
        if sort == THEMES:
            return [RecordReference(slug, theme.name.best(self._language).text) for slug, theme in LOS_THEMES.items()]
        choices = [(line.id, line.name(self._language)) for line in self._lines(sort)]
        seen: dict[str, int] = {}
        for _, name in choices:
            seen[name] = seen.get(name, 0) + 1
        return [RecordReference(i, name if seen[name] == 1 else f"{name}{_APART}{i}") for i, name in choices]

    def shown(self, sort: str, one: str) -> str:
        """Return the name of what an id is of; an id that is none as it is."""
        return self._by_id(sort).get(one, one)

    def knows(self, sort: str, one: str) -> bool:
        """Tell whether an id is of something that can be referred to."""
        return one in self._by_id(sort)

    def resolved(self, sort: str, typed: str) -> str:
        """Return the id of what was typed, by id or by a name that only one has; otherwise what was typed."""
        typed = typed.strip()
        after = typed.rpartition(_APART)[2]
        known = self._by_id(sort)
        if after in known or not typed:
            return after
        if sort not in self._ids:
            ids = self._ids[sort] = {}
            for one, name in self._all_names(sort):
                ids.setdefault(normalise(name), set()).add(one)
        of_this_name = self._ids[sort].get(normalise(typed), set())
        return next(iter(of_this_name)) if len(of_this_name) == 1 else typed

    def proposed(self, sort: str, typed: str) -> list[RecordReference]:
        """Return what may be meant by what was typed so far, the likeliest first."""
        from rapidfuzz import fuzz, process

        choices = {choice.id: choice for choice in self.choices(sort)}
        wanted = normalise(typed).strip()
        if not wanted:
            return list(choices.values())[:PROPOSED]
        names = [(one, normalise(name)) for one, name in self._all_names(sort) if one in choices]
        begins = [one for one, name in names if name.startswith(wanted)]
        holds = [one for one, name in names if wanted in name]
        like = process.extract(wanted, [name for _, name in names], scorer=fuzz.WRatio, limit=PROPOSED)
        close = [names[place][0] for _, likeness, place in like if likeness >= _ALIKE]
        return [choices[one] for one in dict.fromkeys((*begins, *holds, *close))][:PROPOSED]

    def read(self, kind: Kind, posted: Posted) -> dict[str, list[str]]:
        """Return what was posted with ids in place of the names that they were typed by."""
        made = {name: list(values) for name, values in posted.items()}
        for leaf in leaves(form_of(kind, read_form(kind, posted))):
            if leaf.widget in {Widget.REFERENCE, Widget.PICKS} and leaf.path in made:
                made[leaf.path] = [
                    self.resolved(sort_of(leaf), line) for value in made[leaf.path] for line in value.splitlines()
                ]
        return made

    def _by_id(self, sort: str) -> Mapping[str, str]:
        if sort not in self._named:
            self._named[sort] = {choice.id: choice.name for choice in self.choices(sort)}
        return self._named[sort]

    def _all_names(self, sort: str) -> Iterable[tuple[str, str]]:
        if sort == THEMES:
            return [(slug, text.text) for slug, theme in LOS_THEMES.items() for text in theme.name.items()]
        return [
            (line.id, name)
            for line in self._lines(sort)
            for name in dict.fromkeys((*line.names.values(), *line.aliases))
        ]

    def _lines(self, sort: str) -> list[RecordLine]:
        return [
            line
            for line in self._catalogue.lines()
            if line.kind.value == sort and line.state is not CurationState.RETIRED
        ]


def sort_of(leaf: FormField) -> str:
    """Return what a field refers to: a kind of record, or the themes."""
    return leaf.kind.value if leaf.kind else leaf.choice
