"""Each source is read with its traps: invented bodies in the spelling of the real files."""

from __future__ import annotations

import json
import zipfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from corpus.files import to_plain
from corpus.importing.errors import ImportFileError
from corpus.importing.sources import SOURCES
from corpus.records import Actor, CurationState, FundingInstrument, Kind, ProjectIdea
from corpus.store import RecordStore
from corpus.vocabulary import Concept
from tests.corpus.importing.bring import bring, counts, orgnr, reasons, table
from tests.records import actor, concept

A, B, C = orgnr(99000001), orgnr(99000002), orgnr(99000003)


@pytest.fixture
def store(sqlite_url: str) -> Any:  # noqa: ANN401 (a generator)
    with RecordStore.open(sqlite_url) as opened:
        yield opened


def plain(store: RecordStore, record_id: str) -> dict[str, Any]:
    return to_plain(store.get(record_id).record)


def ideas(store: RecordStore) -> list[ProjectIdea]:
    return [one for one in store.records(Kind.IDEA, None) if isinstance(one, ProjectIdea)]


def written(path: Path, data: object) -> Path:
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


# The Research Council: applications and EU participation.

APPLICATIONS = [
    "prosjektnummer", "prosjekttittel", "prosjektfase", "prosjektstart", "prosjektslutt", "prosjektleder_kjonn",
    "prosjektansvarlig_type", "prosjektansvarlig_navn", "organisasjonsnummer", "sektor", "kommunenummer", "aktivitet",
    "tildelt_belop",
]  # fmt: skip
EU = [
    "Rammeprogram", "Prosjektnr", "Prosjektkortnavn", "Prosjektnavn", "Topic", "Kontrakt signeringsdato",
    "Kontrakt startdato", "Kontrakt sluttdato", "Organisasjonsnummer", "Organisasjonsnavn", "Organisasjon rolle",
    "FoU sektor", "Adresse kommunenummer", "Innvilget beløp organisasjon EUR",
]  # fmt: skip


def applications(path: Path, delimiter: str, *rows: tuple[str, ...]) -> Path:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in (APPLICATIONS, *rows)]
    return table(path / "soknader.csv", *lines)


def participation(path: Path, delimiter: str, newline: str, *rows: tuple[str, ...]) -> Path:
    lines = [delimiter.join(row) for row in (EU, *rows)]
    made = path / "eu.csv"
    made.write_bytes(newline.join([*lines, ""]).encode())
    return made


GRANTED = ("1001", "Tryggere\nalarmer", "Avsluttet", "2013", "2017", "KVINNE", "Organisasjon",
           "BLÅFJELL FORSKNING AS", A, "Instituttsektor", "301", "HELSEVEL", "8000000.0")  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_only_what_was_granted_is_a_project(store: RecordStore, tmp_path: Path, delimiter: str) -> None:
    turned_down = ("1002", "Avvist", "Avslag", *GRANTED[3:])
    undecided = ("1003", "Ventende", "Vurderes", *GRANTED[3:])
    personal = ("1004", "Stipend", "Bevilgning", "2013", "2017", "MANN", "Person", "Ola Nordmann", *GRANTED[8:])
    no_number = ("1005", "Uten nummer", "Bevilgning", *GRANTED[3:8], "0", *GRANTED[9:])
    path = applications(tmp_path, delimiter, GRANTED, turned_down, undecided, personal, no_number)
    assert reasons(bring(store, path, "forskningsradet")) == {3: "rejected", 4: "rejected", 5: "person"}
    project = next(one for one in ideas(store) if one.identifiers[0].value == "1001")
    assert project.name.nb == "Tryggere alarmer"
    assert (project.started_on, project.ended_on, project.stage) == ("2013", "2017", "finished")
    assert project.grants[0].amount == 8_000_000
    assert project.origin.registry == "forskningsradet"
    (part,) = project.participants
    body = store.get(part.actor).record
    assert isinstance(body, Actor)
    assert (body.name.nb, body.orgnr) == ("Blåfjell Forskning AS", A)
    assert body.place is not None
    assert body.place.kommunenummer == "0301"
    assert "Nordmann" not in json.dumps([to_plain(one) for one in store.records(state=None)])


def eu_row(role: str, number: str, name: str, code: str = "900001", place: str = "301") -> tuple[str, ...]:
    return ("H2020", code, "ALARM", "Safer alarms for the home", "Care", "01.05.2020 00:00", "01.06.2020 00:00",
            "31.05.2023 00:00", number, name, role, "Instituttsektor", place, "626199.99999984")  # fmt: skip


@pytest.mark.parametrize(("delimiter", "newline"), [(",", "\n"), (";", "\r\n")])
def test_an_eu_project_is_one_record_with_all_who_took_part(
    store: RecordStore, tmp_path: Path, delimiter: str, newline: str
) -> None:
    store.save(actor("blafjell", "Blåfjell", orgnr=A, actor_type="research_institute"), by="ola")
    rows = (eu_row("PARTICIPANT", A, "BLÅFJELL AS"), eu_row("COORDINATOR", B, "KOLLEN AS", place=""),
            eu_row("PARTICIPANT", B, "KOLLEN AS", code="900002"))  # fmt: skip
    path = participation(tmp_path, delimiter, newline, *rows)
    report = bring(store, path, "forskningsradet")
    assert counts(report) == {"same": 1, "new": 3, "draft": 2, "published": 1}
    project = next(one for one in ideas(store) if one.identifiers[0].value == "900001")
    assert {part.actor: str(part.role) for part in project.participants} == {
        "actor:blafjell": "partner", "actor:kollen-as": "coordinator",
    }  # fmt: skip
    assert project.participants[0].note is not None
    assert project.participants[0].note.nb == "Innvilget: 626200 EUR"
    assert (project.started_on, project.name.en) == ("2020-06-01", "Safer alarms for the home")
    assert counts(bring(store, path, "forskningsradet")) == {"same": 4}


def test_a_project_is_published_by_rule_only_where_it_says_something_of_who_is_published(
    store: RecordStore, tmp_path: Path
) -> None:
    store.save(actor("blafjell", "Blåfjell", orgnr=A, actor_type="company"), by="ola")
    path = participation(
        tmp_path, ";", "\n", eu_row("PARTICIPANT", A, "BLÅFJELL"), eu_row("PARTICIPANT", B, "KOLLEN", code="2")
    )
    bring(store, path, "forskningsradet")
    states = {one.identifiers[0].value: one.state for one in ideas(store)}
    assert states == {"900001": CurationState.PUBLISHED, "2": CurationState.DRAFT}
    assert store.get("actor:kollen").record.state is CurationState.DRAFT


def test_a_body_known_by_name_alone_still_gets_its_projects(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("blafjell", "Blåfjell", actor_type="company"), by="ola")
    bring(store, participation(tmp_path, ";", "\n", eu_row("PARTICIPANT", A, "BLÅFJELL AS")), "forskningsradet")
    assert [part.actor for part in ideas(store)[0].participants] == ["actor:blafjell"]


# The register of legal entities.


def entity(number: str, name: str, form: str, **more: object) -> dict[str, object]:
    return {"organisasjonsnummer": number, "navn": name, "organisasjonsform": {"kode": form}, **more}


def test_bodies_of_the_register_come_in_without_anybodys_own_address(store: RecordStore, tmp_path: Path) -> None:
    reply = {
        "_embedded": {
            "enheter": [
                entity(
                    A, "BLÅFJELL FORSKNING AS", "AS", hjemmeside="www.blafjell.example.no",
                    epostadresse="kari.nordmann@blafjell.example.no", telefon="912 34 567",
                    naeringskode1={"kode": "72.200", "beskrivelse": "Forskning"},
                    forretningsadresse={"kommunenummer": "301", "kommune": "OSLO"},
                    aktivitet=["Forske på velferd og om-", "sorg i hjemmet."],
                ),
                entity(B, "BLÅBYGD KOMMUNE", "KOMM", epostadresse="postmottak@blabygd.example.no", telefon="74123456",
                       forretningsadresse={"kommunenummer": "5037"}),
                entity(C, "KARI NORDMANN", "ENK"),
                entity(orgnr(99000009), "NEDLAGT AS", "AS", konkurs=True),
                entity("123456789", "FEIL NUMMER AS", "AS"),
            ]
        },
        "page": {"number": 0},
    }  # fmt: skip
    report = bring(store, written(tmp_path / "enheter.json", reply), "brreg")
    assert reasons(report) == {3: "sole_proprietor", 4: "closed_down", 5: "bad_orgnr"}
    assert "NORDMANN" not in json.dumps(report.left_out, default=str)
    first = plain(store, "actor:blafjell-forskning-as")
    assert first["actor_type"] == "research_institute"
    assert first["url"] == "https://www.blafjell.example.no"
    assert first["expertise"][0]["text"]["nb"] == "Forske på velferd og om- sorg i hjemmet."
    assert "contacts" not in first
    assert first["place"]["kommunenummer"] == "0301"
    second = store.get("actor:blabygd-kommune").record
    assert isinstance(second, Actor)
    assert [(one.email, one.phone) for one in second.contacts] == [("postmottak@blabygd.example.no", "74123456")]


def test_the_csv_of_all_is_read_by_name_and_only_what_is_public_is_taken(store: RecordStore, tmp_path: Path) -> None:
    header = '"organisasjonsnummer","navn","organisasjonsform.kode","naeringskode1.kode","ny_kolonne",'
    header += '"forretningsadresse.kommunenummer","konkurs","hjemmeside"'
    path = table(
        tmp_path / "enheter.csv", header,
        f'"{A}","VANN OG AVLØP IKS","IKS","84.110","x","5037","false","vann.example.no"',
        f'"{B}","BUTIKK AS","AS","47110","x","0301","false",""',
        f'"{C}","OLA NORDMANN","ENK","84300","x","0301","false",""',
    )  # fmt: skip
    assert reasons(bring(store, path, "brreg")) == {3: "not_asked_for", 4: "sole_proprietor"}
    assert plain(store, "actor:vann-og-avlop-iks")["actor_type"] == "inter_municipal_body"


# CORDIS.

PROJECTS = "id;acronym;status;title;startDate;endDate;ecMaxContribution;frameworkProgramme;objective;contentUpdateDate"
BODIES = (
    "projectID;organisationID;vatNumber;name;shortName;activityType;city;country;organizationURL;role;contentUpdateDate"
)


def cordis(path: Path) -> Path:
    made = path / "cordis.zip"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "csv/project.csv",
            f'{PROJECTS}\n"1";"ALARM";"SIGNED";"Safer alarms; at home";"2022-01-01";"2025-12-31";"1000,5";"HORIZON";'
            '"People at home <br>need alarms.";"2024-02-03 10:00:00"\n'
            '"2";"OTHER";"SIGNED";"Elsewhere";;;;"HORIZON";;\n',
        )
        archive.writestr(
            "csv/organization.csv",
            f"{BODIES}\n"
            f'"1";"999000001";"NO{A}MVA";"BLÅFJELL AS";"BF";"PRC";"LEVANGER";"NO";"";"participant";"2024-02-03"\n'
            '"1";"999000002";"";"AUSLAND GMBH";"";"PRC";"BERLIN";"DE";"";"coordinator";""\n'
            '"2";"999000002";"";"AUSLAND GMBH";"";"PRC";"BERLIN";"DE";"";"coordinator";""\n',
        )
    return made


def test_cordis_gives_norwegian_participants_and_their_projects(store: RecordStore, tmp_path: Path) -> None:
    assert counts(bring(store, cordis(tmp_path), "cordis")) == {"new": 2, "draft": 2}
    (project,) = ideas(store)
    assert project.name.en == "Safer alarms; at home"
    assert project.problem.en == "People at home\nneed alarms."
    assert project.grants[0].amount == 1000
    assert project.sources[0].as_of == "2024-02-03"
    body = store.get(project.participants[0].actor).record
    assert isinstance(body, Actor)
    assert (body.orgnr, body.identifiers[0].value) == (A, "999000001")
    assert counts(bring(store, cordis(tmp_path), "cordis")) == {"same": 2}


# NVA and Cristin.

NVA = {
    "type": "Project",
    "id": "https://api.nva.example/cristin/project/77",
    "identifiers": [{"type": "CristinIdentifier", "value": "77"}],
    "title": "Tryggare heimar",
    "language": "http://lexvo.org/id/iso639-3/nno",
    "startDate": "2023-01-01T00:00:00Z",
    "funding": [
        {"source": "…/funding-sources/NFR", "identifier": "555", "labels": {"nb": "Norges forskningsråd", "en": "RCN"}}
    ],
    "coordinatingInstitution": {"id": "x", "labels": {"nb": "Blåfjell høgskule"}},
    "contributors": [{"type": "ProjectManager", "identity": {"firstName": "Kari", "lastName": "Nordmann"}}],
    "contactInfo": {"email": "kari.nordmann@example.no"},
    "creator": {"identity": {"lastName": "Nordmann"}},
    "academicSummary": {"nn": "<p>Korleis\r\nbu <b>trygt</b> heime &amp; ute.</p>"},
    "fundingAmount": {"currency": "NOK", "value": 1_000_000.0},
}
CRISTIN = {
    "cristin_project_id": "77",
    "main_language": "nn",
    "title": {"nn": "Tryggare heimar"},
    "start_date": "2023-01-01T00:00:00.000Z",
    "coordinating_institution": {"institution": {"institution_name": {"nb": "Blåfjell høgskule"}}},
    "project_funding_sources": [{"funding_source_code": "NFR", "project_code": "555"}],
    "participants": [{"first_name": "Kari", "surname": "Nordmann"}],
    "total_funding_amount": {"currency_code": "NOK", "amount": 1_000_000},
}


@pytest.mark.parametrize(
    "shape", [NVA, {"hits": [NVA], "size": 1}, CRISTIN, [CRISTIN]], ids=["nva", "hits", "cristin", "list"]
)
def test_a_project_of_nva_comes_in_without_a_single_person(store: RecordStore, tmp_path: Path, shape: object) -> None:
    store.save(actor("blafjell-hogskule", "Blåfjell høgskule", actor_type="university"), by="ola")
    bring(store, written(tmp_path / "p.json", shape), "nva")
    (project,) = ideas(store)
    assert (project.name.nn, project.started_on, project.identifiers[0].value) == (
        "Tryggare heimar",
        "2023-01-01",
        "77",
    )
    assert [part.actor for part in project.participants] == ["actor:blafjell-hogskule"]
    assert (project.grants[0].amount, project.grants[0].reference) == (Decimal(1_000_000), "555")
    told = json.dumps(to_plain(project))
    assert "Nordmann" not in told
    assert "<" not in project.summary.best(next(iter(project.summary.items())).language).text


def test_a_summary_in_html_becomes_text(store: RecordStore, tmp_path: Path) -> None:
    bring(store, written(tmp_path / "p.json", NVA), "nva")
    assert ideas(store)[0].problem.nn == "Korleis\nbu trygt heime & ute."


def test_both_shapes_are_of_one_project(store: RecordStore, tmp_path: Path) -> None:
    bring(store, written(tmp_path / "a.json", NVA), "nva")
    bring(store, written(tmp_path / "b.json", CRISTIN), "nva")
    assert len(ideas(store)) == 1


# keep.eu.


def keep(path: Path) -> Path:
    made = path / "keep.xlsx"
    with Workbook(made) as book:
        book.add_worksheet("Info").write(0, 0, "keep.eu")
        sheets = {
            "Projects": [
                ["Project acronym", "Project name", "Programme", "Start date", "Total budget"],
                ["NORDLYS", "Light in the north", "2021 - 2027 Interreg Aurora", "2023-01-01", 123819],
                ["SUD", "Sun in the south", "2021 - 2027 Italy - Malta", "2023-01-01", ""],
            ],
            "Partners": [
                ["Project acronym", "Partner name", "Country", "Town", "Type", "PIC", "National ID"],
                ["NORDLYS", "Blåbygd kommune", "Norway", "Levanger", "Lead partner", 999000001, f"id-NO-{A}"],
                ["NORDLYS", "Kommun i Sverige", "Sweden", "Umeå", "partner", "", "id-SE-SE 212000-1157"],
                ["SUD", "Comune", "Italy", "Roma", "partner", "", ""],
            ],
        }
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return made


def test_interreg_projects_come_with_their_norwegian_partners(store: RecordStore, tmp_path: Path) -> None:
    bring(store, keep(tmp_path), "keep")
    (project,) = ideas(store)
    assert (project.name.en, project.origin.event.nb) == ("Light in the north", "2021 - 2027 Interreg Aurora")
    assert project.grants[0].amount == 123_819
    (part,) = project.participants
    assert (part.role, part.note) == ("coordinator", None)
    body = store.get(part.actor).record
    assert isinstance(body, Actor)
    assert (body.orgnr, body.identifiers[0].value) == (A, "999000001")
    assert counts(bring(store, keep(tmp_path), "keep")) == {"same": 2}


# EU Funding & Tenders.


def topic(language: str, deadline: str, **more: object) -> dict[str, object]:
    budget = {
        "budgetTopicActionMap": {
            "1": [
                {"action": "HORIZON-X-01 - RIA", "minContribution": 100, "maxContribution": 400,
                 "budgetYearMap": {"2026": "600000", "2027": "400000"}},
                {"action": "HORIZON-X-02 - RIA", "budgetYearMap": {"2026": "9000000"}},
            ]
        }
    }  # fmt: skip
    metadata = {
        "identifier": ["HORIZON-X-01"], "title": ["Safer homes"], "type": ["1"], "status": ["31094502"],
        "language": [language], "startDate": ["2026-05-01T00:00:00.000+0000"], "deadlineDate": [deadline],
        "descriptionByte": ["<p>Expected outcome: safer&nbsp;homes.</p>"], "budgetOverview": [json.dumps(budget)],
    }  # fmt: skip
    return {"reference": "x", "url": "u", "title": None, "metadata": {**metadata, **more}}


def test_a_topic_is_one_scheme_with_the_english_deadline_and_its_own_budget(store: RecordStore, tmp_path: Path) -> None:
    results = [
        topic("de", "2026-11-26T23:00:00.000+0000"),
        topic("en", "2026-11-27T17:00:00.000+0000", actions=[json.dumps([{"deadlineDates": ["2027-03-01T17:00:00"]}])]),
        topic("fr", "2026-11-26T23:00:00.000+0000"),
        topic("en", "2026-11-27T17:00:00.000+0000", type=["0"]),
    ]
    report = bring(store, written(tmp_path / "t.json", {"results": results}), "eu-funding")
    assert reasons(report) == {4: "not_asked_for"}
    (record,) = store.records(Kind.INSTRUMENT, None)
    assert isinstance(record, FundingInstrument)
    (call,) = record.calls
    assert [deadline.on.isoformat() for deadline in call.deadlines] == ["2026-11-27", "2027-03-01"]
    assert [(one.kind.value, one.minimum, one.maximum) for one in call.amounts] == [
        ("call_budget", None, Decimal(1_000_000)), ("per_project", Decimal(100), Decimal(400)),
    ]  # fmt: skip
    assert record.purpose.text.en == "Expected outcome: safer homes."


# ROR, Klass, Los and SKOS.


def test_norwegian_organisations_of_ror(store: RecordStore, tmp_path: Path) -> None:
    def organisation(code: str, country: str, **more: object) -> dict[str, object]:
        names = [
            {"value": "Blåfjell University", "lang": "en", "types": ["label"]},
            {"value": "Blåfjell universitet", "lang": "no", "types": ["ror_display", "label"]},
            {"value": "BFU", "lang": None, "types": ["acronym"]},
        ]
        place = {"geonames_id": 1, "geonames_details": {"country_code": country, "name": "Levanger"}}
        return {"id": f"https://ror.org/{code}", "names": names, "locations": [place], "status": "active",
                "types": ["education", "funder"],
                "external_ids": [{"type": "wikidata", "all": ["Q1"], "preferred": None}],
                "links": [{"type": "website", "value": "http://bfu.example.no/"}],
                "admin": {"last_modified": {"date": "2025-02-10"}}, **more}  # fmt: skip

    data = [
        organisation("0aaaaaa11", "NO"),
        organisation("0bbbbbb22", "SE"),
        organisation("0cccccc33", "NO", status="inactive"),
    ]
    report = bring(store, written(tmp_path / "ror.json", data), "ror")
    assert counts(report) == {"new": 1, "draft": 1, "refused": 1}
    record = plain(store, "actor:blafjell-universitet")
    assert record["name"] == {"nb": "Blåfjell universitet", "en": "Blåfjell University"}
    assert record["identifiers"] == [
        {"scheme": "ror", "value": "https://ror.org/0aaaaaa11"},
        {"scheme": "wikidata", "value": "Q1"},
    ]
    assert record["aliases"] == [{"text": "BFU", "kind": "acronym"}]


def test_municipalities_of_klass_are_those_that_are_there(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("oslo-kommune", "Oslo kommune", place={"kommunenummer": "0301", "name": "Oslo"}), by="ola")
    data = {"codes": [{"code": "0301", "name": "Oslo - Oslove"}, {"code": "9999", "name": "Uoppgitt"}]}
    report = bring(store, written(tmp_path / "k.json", data), "klass")
    assert "new" not in counts(report)
    assert reasons(report) == {2: "not_asked_for"}


def test_a_code_that_was_divided_stands_under_each_that_took_a_part(store: RecordStore, tmp_path: Path) -> None:
    changes = [
        {"oldCode": "5012", "newCode": new, "newName": name} for new, name in (("5055", "Heim"), ("5059", "Orkland"))
    ]
    bring(store, written(tmp_path / "k.json", {"codeChanges": changes}), "klass")
    former = {one.id: one.place.former_kommunenummer for one in store.records(Kind.ACTOR, None)
              if isinstance(one, Actor) and one.place}  # fmt: skip
    assert former == {"actor:heim-kommune": ("5012",), "actor:orkland-kommune": ("5012",)}


LOS = """<?xml version="1.0" encoding="UTF-8"?>
<Skos xmlns="urn:fdc:difi.no:2019:data:Skos-1">
  <Concept path="ord/kai"><PrefLabel lang="nb">Kai</PrefLabel><PrefLabel lang="nn">Kai</PrefLabel>
    <PrefLabel lang="en">Quay</PrefLabel><AltLabel lang="nb">brygge</AltLabel><HiddenLabel lang="nb">kaia</HiddenLabel>
    <Definition lang="nb">*</Definition><Broader>tema/sjo</Broader></Concept>
  <Concept path="tema/sjo"><PrefLabel lang="nb">Sjø</PrefLabel><Related>ord/kai</Related></Concept>
</Skos>"""


def test_los_is_read_from_its_own_xml_and_wider_themes_come_first(store: RecordStore, tmp_path: Path) -> None:
    store.save(concept("sjo", "sjø", "sea"), by="ola")
    path = tmp_path / "los.xml"
    path.write_text(LOS, encoding="utf-8")
    bring(store, path, "los")
    quay = store.get("concept:kai").record
    assert isinstance(quay, Concept)
    assert (quay.alt_labels.nb, quay.hidden_labels.nb, quay.broader) == (("brygge",), ("kaia",), ("concept:sjo",))
    assert counts(bring(store, path, "los")) == {"same": 2}


def test_entities_in_xml_are_never_expanded(store: RecordStore, tmp_path: Path) -> None:
    bomb = LOS.replace("<Skos", '<!DOCTYPE x [<!ENTITY a "aaaa">]>\n<Skos').replace("brygge", "&a;")
    (tmp_path / "los.xml").write_text(bomb, encoding="utf-8")
    with pytest.raises(ImportFileError, match="XML"):
        bring(store, tmp_path / "los.xml", "los")


@pytest.mark.parametrize(("form", "suffix"), [("turtle", "ttl"), ("xml", "rdf"), ("json-ld", "jsonld")])
def test_the_vocabulary_goes_out_and_comes_in_as_the_same(
    store: RecordStore, tmp_path: Path, form: str, suffix: str
) -> None:
    from corpus.skos import serialise_graph as in_skos

    some = [
        concept("omsorg", "omsorg", "care"),
        concept("hjemmesykepleie", "hjemmesykepleie", "home nursing", nn="heimesjukepleie", broader=["concept:omsorg"],
                alt={"nb": ["hjemmetjeneste"]}, hidden={"nb": ["hjemesykepleie"]}),
    ]  # fmt: skip
    path = tmp_path / f"x.{suffix}"
    path.write_text(in_skos(some, form), encoding="utf-8")
    bring(store, path, "skos")
    for one in some:
        made = store.get(one.id).record
        assert isinstance(made, Concept)
        assert (made.pref_label, made.alt_labels, made.hidden_labels) == (
            one.pref_label,
            one.alt_labels,
            one.hidden_labels,
        )
        assert (made.broader, made.domain) == (one.broader, one.domain)
    assert counts(bring(store, path, "skos")) == {"same": 2}


@pytest.mark.parametrize(
    "context", ["http://127.0.0.1:9/context", ["http://127.0.0.1:9/context"], {"@import": "http://127.0.0.1:9/x"}]
)
def test_a_vocabulary_that_would_have_something_fetched_is_refused(
    store: RecordStore, tmp_path: Path, context: object
) -> None:
    path = written(tmp_path / "x.jsonld", {"@context": context, "@graph": [{"@id": "urn:x", "@type": "skos:Concept"}]})
    with pytest.raises(ImportFileError, match="nothing is fetched"):
        bring(store, path, "skos")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("content", [b"{}", b"[]", b"null", b"[1]", b"a;b\n1;2\n", b"<x/>", b"\x00\xff\xfe"])
def test_what_is_not_of_the_source_is_refused_plainly(
    store: RecordStore, tmp_path: Path, source: str, content: bytes
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    told: dict[str, int] | None = None
    with suppress(ImportFileError):
        told = counts(bring(store, path, source))
    assert "new" not in (told or {})
    assert store.ids(state=None) == []
