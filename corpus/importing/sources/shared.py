"""What several sources have in common: bodies and projects as items.

Invariant: a text that an import makes up says no more than the fields it is made of, and stands in three languages; a
title stands in the language that its source has it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from corpus.importing.items import ImportItem, ref, without_empty
from corpus.importing.matching import folded
from corpus.importing.values import day_passed, language_of, official_name, orgnr_of, shortened
from corpus.records import ActorType, Kind
from corpus.text import Language, slug_of

KINDS_OF_BODY: dict[ActorType, tuple[str, str, str]] = {
    ActorType.MUNICIPALITY: ("Kommune", "Kommune", "Municipality"),
    ActorType.COUNTY_MUNICIPALITY: ("Fylkeskommune", "Fylkeskommune", "County municipality"),
    ActorType.INTER_MUNICIPAL_BODY: ("Interkommunalt selskap", "Interkommunalt selskap", "Inter-municipal body"),
    ActorType.STATE_BODY: ("Statlig organ", "Statleg organ", "State body"),
    ActorType.COUNTY_GOVERNOR: ("Statsforvalter", "Statsforvaltar", "County governor"),
    ActorType.HEALTH_TRUST: ("Helseforetak", "Helseføretak", "Health trust"),
    ActorType.UNIVERSITY: (
        "Universitet eller høgskole",
        "Universitet eller høgskule",
        "University or university college",
    ),
    ActorType.RESEARCH_INSTITUTE: ("Forskningsinstitutt", "Forskingsinstitutt", "Research institute"),
    ActorType.SCHOOL: ("Skole", "Skule", "School"),
    ActorType.COMPANY: ("Bedrift", "Bedrift", "Company"),
    ActorType.ASSOCIATION: ("Forening", "Foreining", "Association"),
    ActorType.FOUNDATION: ("Stiftelse", "Stifting", "Foundation"),
}
_IN = ("i", "i", "in")


def source(ref_: str, title: str, as_of: date, mark: str = "verified") -> dict[str, Any]:
    """Return a source as plain data."""
    return {"ref": ref_, "title": title, "as_of": as_of.isoformat(), "mark": mark}


def names(name: str) -> dict[str, str]:
    """Return the name of a body in bokmål and English: a proper name is the same in both."""
    return {"nb": name, "en": name}


def described(actor_type: ActorType, place: Mapping[str, Any] | None, trade: str = "") -> dict[str, str]:
    """Return a sentence on what a body is, in three languages, of its kind, place and trade alone."""
    kinds = KINDS_OF_BODY.get(actor_type, ("Virksomhet", "Verksemd", "Organisation"))
    where = [f" {word} {place['name']}" if place and place.get("name") else "" for word in _IN]
    what = f": {trade}" if trade else ""
    languages = (Language.NB, Language.NN, Language.EN)
    return {
        one.value: f"{kind}{place_}{what}.".replace("..", ".")
        for one, kind, place_ in zip(languages, kinds, where, strict=True)
    }


def body(
    row: int,
    name: str,
    orgnr: str | None,
    more: Mapping[str, Any],
    sources: list[dict[str, Any]],
    *,
    weak: bool = False,
) -> ImportItem:
    """Return an item of a body.

    Args:
        row: Where it stands.
        name: Its name as the source writes it; capitals are made what texts have.
        orgnr: Its number, checked.
        more: Other fields as plain data; ``actor_type`` is needed.
        sources: Where it was read.
        weak: Whether it is only there for others to refer to.
    """
    name = official_name(name)
    place = more.get("place")
    keys = [f"orgnr:{orgnr}"] if orgnr else []
    keys += [f"{one['scheme']}:{one['value']}" for one in more.get("identifiers", ())]
    if more["actor_type"] == ActorType.MUNICIPALITY and place:
        keys.append(f"kommune:{place['kommunenummer']}")
    keys = keys or [f"name:{folded(name)}|{(place or {}).get('kommunenummer', '')}"]
    plain = {
        "name": names(name),
        "summary": described(ActorType(more["actor_type"]), place),
        "sources": sources,
        "confidence": "verified",
        "orgnr": orgnr,
        **more,
    }
    soft = frozenset({"name", "summary", "confidence", "actor_type", "place", *(["url"] if weak else [])})
    return ImportItem(row, Kind.ACTOR, tuple(keys), without_empty(plain), soft, weak, publish=True)


@dataclass
class Project:
    """A project as rows tell it, one after the other."""

    row: int
    scheme: str
    """The register that numbers it."""
    number: str
    title: str
    registry: str
    event: Mapping[str, str]
    """What it came from, in three languages."""
    source: dict[str, Any]
    began: str | None = None
    ended: str | None = None
    language: Language | None = None
    about: str = ""
    """What it is about, in the language of the title."""
    topic: str = ""
    url: str | None = None
    acronym: str = ""
    grant: dict[str, Any] = field(default_factory=dict)
    parts: list[dict[str, Any]] = field(default_factory=list)

    def add_part(self, actor: str, role: str, note: Mapping[str, str] | None = None) -> None:
        """Add who took part, once; one who also coordinates is the coordinator."""
        have = next((part for part in self.parts if part["actor"] == actor), None)
        if have is None:
            self.parts.append({"actor": actor, "role": role, "note": dict(note) if note else None})
        elif role == "coordinator":
            have["role"] = role

    def item(self, today: date) -> ImportItem:
        """Return the item of the project."""
        language = self.language or language_of(self.title)
        year = (self.began or self.ended or str(self.source["as_of"]))[:10]
        span = "–".join(dict.fromkeys(day[:4] for day in (self.began, self.ended) if day))
        told = self.about or self.topic or self.title
        plain = {
            "name": {language.value: self.title},
            "summary": {
                one.value: f"{self.event[one.value]}{', ' + span if span else ''}: {shortened(told, 400)}"
                for one in dict.fromkeys((language, Language.NB, Language.EN))
                if one is language or not self.about
            },
            "aliases": [{"text": self.acronym, "kind": "acronym"}] if self.acronym else [],
            "url": self.url,
            "identifiers": [{"scheme": self.scheme, "value": self.number}],
            "sources": [self.source],
            "confidence": "verified",
            "problem": {language.value: shortened(told, 2_000)},
            "participants": self.parts,
            "grants": [{"name": dict(self.event), "reference": self.number, "source": self.source, **self.grant}],
            "started_on": self.began,
            "ended_on": self.ended,
            "stage": "finished" if day_passed(self.ended, today) else "running",
            "origin": {"event": dict(self.event), "on": year, "registry": self.registry},
        }
        keys = (f"{self.scheme}:{self.number}",)
        soft = frozenset({"summary", "problem", "stage", "confidence", "origin"})
        return ImportItem(self.row, Kind.IDEA, keys, without_empty(plain), soft, publish=bool(self.parts))


def type_of(name: str, sector: str = "", otherwise: ActorType = ActorType.COMPANY) -> ActorType:
    """Return what sort of body it is, by its name first and then by its sector."""
    words = folded(name).split()
    by_word = {
        "kommune": ActorType.MUNICIPALITY,
        "fylkeskommune": ActorType.COUNTY_MUNICIPALITY,
        "statsforvalteren": ActorType.COUNTY_GOVERNOR,
        "universitet": ActorType.UNIVERSITY,
        "universitetet": ActorType.UNIVERSITY,
        "høgskulen": ActorType.UNIVERSITY,
        "høgskolen": ActorType.UNIVERSITY,
        "høyskolen": ActorType.UNIVERSITY,
        "university": ActorType.UNIVERSITY,
        "helseforetak": ActorType.HEALTH_TRUST,
        "stiftelsen": ActorType.FOUNDATION,
    }
    found = next((by_word[word] for word in words if word in by_word), None)
    if found is not None:
        return found
    sectors = {
        "uoh-sektor": ActorType.UNIVERSITY,
        "uh-sektor": ActorType.UNIVERSITY,
        "instituttsektor": ActorType.RESEARCH_INSTITUTE,
        "næringsliv": ActorType.COMPANY,
        "helseforetak": ActorType.HEALTH_TRUST,
        "offentlig sektor": ActorType.STATE_BODY,
        "norges forskningsråd": ActorType.STATE_BODY,
    }
    return sectors.get(sector.casefold(), otherwise)


def body_ref(name: str, orgnr: str | None) -> str:
    """Return how a project refers to a body: by its number, else by its name."""
    return ref(f"orgnr:{orgnr}" if orgnr else "", f"name:{name}" if slug_of(name) else "")


def checked_orgnr(text: str) -> tuple[str | None, bool]:
    """Return a number, and whether something that should be one stands there and is none; zeros stand for nothing."""
    found = orgnr_of(text)
    return found, bool(text.strip(" 0.")) and found is None
