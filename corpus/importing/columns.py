"""Which column of a spreadsheet is which field: guessed from what the columns are called, chosen by a person.

Invariant: a column is guessed only where its name says what it holds; one that nobody knows is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from corpus.records import Kind

ALIKE = 88.0
"""The likeness (0-100, rapidfuzz) to a known name from which a column is taken for it, for typing errors."""
KINDS = (Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA)
"""What the rows of a spreadsheet can be."""

_COMMON: dict[str, str] = {
    "name": "navn, namn, name, title, tittel, organisasjonsnavn, organisasjonsnamn, virksomhet, verksemd, "
    "organisasjon, "
    "organisation, organization, organisation name, aktør, actor, partner, bedrift, company, institusjon, institution",
    "name_nn": "navn nynorsk, namn nynorsk, name nynorsk, navn nn, tittel nynorsk",
    "name_en": "navn engelsk, namn engelsk, engelsk navn, english name, name english, name en, navn en, title english",
    "acronym": "kortnavn, kortnamn, forkortelse, forkorting, acronym, short name, abbreviation, akronym",
    "summary": "beskrivelse, skildring, omtale, sammendrag, samandrag, description, summary, om, about, "
    "kort om, abstract",
    "summary_nn": "beskrivelse nynorsk, skildring nynorsk, sammendrag nynorsk, summary nynorsk",
    "summary_en": "beskrivelse engelsk, english summary, summary english, description english, sammendrag engelsk",
    "url": "url, nettside, nettsted, nettstad, hjemmeside, heimeside, web, website, webside, lenke, lenkje, "
    "link, homepage, "
    "organisation url, organizationurl",
    "source": "kilde, kjelde, source, referanse, reference",
}
_BY_KIND: dict[Kind, dict[str, str]] = {
    Kind.ACTOR: {
        "type": "type, aktørtype, slag, organisasjonsform, kind, organisation type, organization type, sektor, sector",
        "orgnr": "orgnr, org nr, org.nr, org.nr., organisasjonsnummer, organisasjonsnr, organisation number, "
        "organization number, vatnumber, vat number, mva nr, orgnummer",
        "ror": "ror, ror id, rorid",
        "pic": "pic, pic number, pic nummer, participant identification code, organisationid",
        "kommunenummer": "kommunenummer, kommunenr, knr, municipality number, municipality code, adresse kommunenummer",
        "municipality": "kommune, municipality, sted, stad, poststed, by, city, place, kommunenavn",
        "email": "epost, e-post, e post, email, e-mail, mail, epostadresse, kontakt, contact, kontaktadresse",
        "phone": "telefon, tlf, phone, sentralbord",
        "expertise": "kompetanse, ekspertise, expertise, competence, fagområde, fagområder, fagfelt, kunnskap, "
        "tema, temaer, "
        "forskningsfelt, research field, topics",
        "offers": "tilbyr, tilbud, tilbod, kan bidra med, offers, offer",
        "seeks": "søker, ønsker, ynskjer, behov, seeks, looking for, needs",
    },
    Kind.INSTRUMENT: {
        "owner": "eier, eigar, utlyser, utlysar, forvalter, forvaltar, tilskuddsgiver, tilskotsgjevar, owner, funder, "
        "provider, finansiør",
        "purpose": "formål, føremål, hensikt, purpose, aim, hva støttes, kva blir støtta",
        "applicants": "søkere, søkjarar, hvem kan søke, kven kan søkje, målgruppe, applicants, "
        "eligible applicants, who can apply",
        "opens": "åpner, opnar, åpningsdato, opens, opening date, søknadsstart",
        "deadline": "frist, søknadsfrist, fristdato, deadline, closing date",
        "amount": "beløp, støttebeløp, maks beløp, maksbeløp, ramme, amount, max amount, budget, budsjett, "
        "maximum amount",
        "scope": "område, geografi, dekningsområde, scope, area, region, fylke",
    },
    Kind.IDEA: {
        "problem": "problem, utfordring, problemstilling, challenge, behov og utfordringer",
        "need": "behov, need",
        "owner": "kommune, eier, prosjekteier, søker, søkar, municipality, prosjektansvarlig, "
        "prosjektansvarleg, applicant, "
        "project owner, lead, coordinator, koordinator",
        "partners": "partnere, partnarar, samarbeidspartnere, samarbeidspartnarar, deltakere, deltakarar, "
        "partners, participants",
        "funding": "ordning, virkemiddel, verkemiddel, program, programme, funding, scheme, finansiering",
        "amount": "beløp, tildelt beløp, tildelt, løyvd, bevilget, innvilget beløp, amount, grant, granted, "
        "støtte, tilskudd, "
        "tilskot",
        "currency": "valuta, currency",
        "start": "start, startdato, fra, oppstart, year, år, start date, prosjektstart, from",
        "end": "slutt, sluttdato, til, end, end date, prosjektslutt, to",
        "number": "prosjektnummer, prosjektnr, project number, project id, id, saksnummer, referansenummer",
        "follow_up": "oppfølging, follow-up, follow up, neste steg",
        "status": "status, fase, prosjektfase, vedtak, resultat, decision, utfall",
    },
}
_NAMES_OF_IDEAS = (
    "prosjekt, prosjektnavn, prosjektnamn, prosjekttittel, project, project title, project name, idé, ide, idea"
)
_NAMES_OF_SCHEMES = (
    "ordning, tilskuddsordning, tilskotsordning, støtteordning, scheme, virkemiddel, verkemiddel, call, utlysning"
)


class Guess(NamedTuple):
    """What the rows of a table may be, and which column is which field."""

    kind: Kind
    columns: dict[str, str]
    """Column -> field; those that nobody knows are left out."""


def fields_of(kind: Kind) -> list[str]:
    """Return the names of the fields that a column can be."""
    return [*_COMMON, *_BY_KIND[kind]]


def guessed(columns: Sequence[str], kind: Kind | None = None) -> Guess:
    """Return what a table's rows and columns may be, by what its columns are called."""
    if kind is not None:
        return Guess(kind, _columns(columns, kind))
    found = [Guess(kind, _columns(columns, kind)) for kind in KINDS]
    return max(found, key=lambda one: (_telling(one, columns), -KINDS.index(one.kind)))


def chosen(columns: Sequence[str], kind: Kind, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return those choices of somebody that name a column and a field that there are."""
    fields = set(fields_of(kind))
    return {column: wanted[column] for column in columns if wanted.get(column) in fields}


def _telling(guess: Guess, columns: Sequence[str]) -> float:
    """Return how well a guess fits: its columns, and more so a name that is of that kind alone."""
    own = {Kind.IDEA: _NAMES_OF_IDEAS, Kind.INSTRUMENT: _NAMES_OF_SCHEMES}.get(guess.kind, "")
    names_it = any(_plain(column) in _listed(own) for column in columns)
    has_name = "name" in guess.columns.values()
    return len(guess.columns) + 2.5 * names_it + 1.0 * has_name


def _columns(columns: Sequence[str], kind: Kind) -> dict[str, str]:
    from rapidfuzz import fuzz, process

    known = _fields_by_name(kind)
    found: dict[str, str] = {}
    for column in columns:
        field = known.get(_plain(column))
        if field and field not in found.values():
            found[column] = field
    for column in columns:
        if column in found or len(_plain(column)) < 5:
            continue
        near = process.extractOne(_plain(column), list(known), scorer=fuzz.ratio, score_cutoff=ALIKE)
        if near and known[near[0]] not in found.values():
            found[column] = known[near[0]]
    return found


def _fields_by_name(kind: Kind) -> dict[str, str]:
    known: dict[str, str] = {}
    own = {Kind.IDEA: _NAMES_OF_IDEAS, Kind.INSTRUMENT: _NAMES_OF_SCHEMES}.get(kind, "")
    for name in _listed(own):
        known.setdefault(name, "name")
    for field, names in (_BY_KIND[kind] | _COMMON).items():
        for name in (_plain(field.replace("_", " ")), *_listed(names)):
            known.setdefault(name, field)
    return known


def _listed(names: str) -> list[str]:
    return [_plain(name) for name in names.split(",") if name.strip()]


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))
