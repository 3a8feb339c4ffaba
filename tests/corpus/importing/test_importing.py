"""What comes in is a draft, comes in once, overwrites nobody, and goes out again whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.curation import write_one
from corpus.errors import UnknownRecordError
from corpus.files import to_plain
from corpus.importing.errors import ImportFileError, UnknownImportError
from corpus.importing.proposals import decide, decide_same, mappings, origins, proposals, save_mapping
from corpus.importing.runs import ImportState, import_of, imports, left_out_of
from corpus.importing.undoing import publish, undo
from corpus.merging import merge
from corpus.records import Actor, CurationState, Kind, ProjectIdea
from corpus.store import RecordStore
from corpus.tables import Action
from corpus.text import LangText
from tests.corpus.importing.bring import bring, counts, orgnr, reasons, table, tried
from tests.records import actor, idea

A, B, C = orgnr(99000001), orgnr(99000002), orgnr(99000003)
HEADER = "Navn;Type;Orgnr;Kommune;Nettside;Kortnavn"


def actors(path: Path, *rows: str) -> Path:
    return table(path / "aktører.csv", HEADER, *rows)


def found(store: RecordStore, record_id: str) -> Actor:
    record = store.get(record_id).record
    assert isinstance(record, Actor)
    return record


def test_what_comes_in_is_a_draft_that_says_where_it_is_from(store: RecordStore, tmp_path: Path) -> None:
    report = bring(store, actors(tmp_path, f"Blåfjell Forskning AS;institutt;{A};Levanger;blafjell.example.no;BF"))
    assert counts(report) == {"new": 1, "draft": 1}
    record = found(store, "actor:blafjell-forskning-as")
    assert record.state is CurationState.DRAFT
    assert (record.orgnr, record.url) == (A, "https://blafjell.example.no")
    assert record.place is not None
    assert record.place.kommunenummer == "5037"
    assert [one.title for one in record.sources] == ["aktører.csv"]
    where = {one.path: one.source for one in origins(store, record.id)}
    assert where["orgnr"] == where["place.kommunenummer"] == where["aliases[BF]"] == "spreadsheet"
    assert [one.state for one in imports(store)] == [ImportState.APPLIED]


def test_a_dry_run_tells_the_same_and_writes_nothing(store: RecordStore, tmp_path: Path) -> None:
    path = actors(tmp_path, f"Blåfjell AS;AS;{A};;;", ";AS;;;;", f"Kollen AS;AS;{B[:-1]}x;;;", f"Blåfjell;;{A};;;")
    planned = tried(store, path)
    assert store.revision() == 0
    assert imports(store) == []
    done = bring(store, path)
    assert counts(planned) == counts(done) == {"new": 1, "draft": 1, "refused": 3}
    assert reasons(done) == {3: "no_name", 4: "bad_orgnr", 5: "repeated"}
    assert left_out_of(store, done.import_id or "") == done.left_out


def test_importing_twice_changes_nothing(store: RecordStore, tmp_path: Path) -> None:
    path = actors(tmp_path, f"Blåfjell AS;AS;{A};Levanger;blafjell.example.no;BF", f"Kollen AS;AS;{B};;;")
    bring(store, path)
    before = store.revision()
    assert counts(bring(store, path)) == {"same": 2}
    assert store.revision() == before


def test_what_a_curator_wrote_is_never_written_over_but_offered_once(store: RecordStore, tmp_path: Path) -> None:
    bring(store, actors(tmp_path, f"Blåfjell AS;AS;{A};Levanger;gammel.example.no;BF"))
    stored = store.get("actor:blafjell-as")
    edited = stored.record.model_copy(update={"url": "https://vår.example.no"})
    write_one(store, edited, "ola", expected_version=stored.version)
    changed = actors(tmp_path, f"Blåfjell AS;AS;{A};Levanger;ny.example.no;BFAS")
    assert counts(bring(store, changed)) == {"changed": 1, "offered": 1}
    record = found(store, "actor:blafjell-as")
    assert record.url == "https://vår.example.no"
    assert [one.text for one in record.aliases] == ["BF", "BFAS"]
    (offer,) = proposals(store, record.id)
    assert (offer.path, offer.offered) == ("url", "https://ny.example.no")
    bring(store, changed)
    assert proposals(store) == [offer]
    decide(store, offer.number, take=False, by="ola")
    bring(store, changed)
    assert proposals(store) == []
    assert found(store, record.id).url == "https://vår.example.no"


def test_an_offer_that_is_taken_is_the_curators_from_then_on(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("blafjell", "Blåfjell", orgnr=A, url="https://en.example.no", actor_type="company"), by="ola")
    bring(store, actors(tmp_path, f"Blåfjell;AS;{A};;to.example.no;"))
    (offer,) = proposals(store)
    assert decide(store, offer.number, take=True, by="kari") == "actor:blafjell"
    assert found(store, "actor:blafjell").url == "https://to.example.no"
    assert [one.path for one in origins(store, "actor:blafjell") if one.path == "url"] == []
    with pytest.raises(UnknownImportError):
        decide(store, offer.number, take=True, by="kari")


def test_what_an_import_wrote_and_nobody_touched_follows_its_source(store: RecordStore, tmp_path: Path) -> None:
    bring(store, actors(tmp_path, f"Blåfjell AS;AS;{A};;gammel.example.no;"))
    assert counts(bring(store, actors(tmp_path, f"Blåfjell AS;AS;{A};;ny.example.no;"))) == {"changed": 1}
    assert found(store, "actor:blafjell-as").url == "https://ny.example.no"
    assert proposals(store) == []


def test_what_a_curator_took_away_stays_away(store: RecordStore, tmp_path: Path) -> None:
    path = actors(tmp_path, f"Blåfjell AS;AS;{A};;blafjell.example.no;BF")
    bring(store, path)
    stored = store.get("actor:blafjell-as")
    emptied = stored.record.model_copy(update={"url": None, "aliases": ()})
    write_one(store, emptied, "ola", expected_version=stored.version)
    assert counts(bring(store, path)) == {"same": 1}
    assert found(store, "actor:blafjell-as").url is None


def test_what_a_published_record_cannot_hold_in_one_language_is_offered(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("blafjell", "Blåfjell", orgnr=A), by="ola")
    path = table(tmp_path / "x.csv", "Navn;Orgnr;Kompetanse;Nettside", f"Blåfjell;{A};sjøtransport;bla.example.no")
    assert counts(bring(store, path)) == {"changed": 1, "offered": 1}
    assert found(store, "actor:blafjell").expertise == ()
    assert found(store, "actor:blafjell").url == "https://bla.example.no"
    assert [one.path.partition("[")[0] for one in proposals(store)] == ["expertise"]


def test_an_import_is_taken_back_whole(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("kollen", "Kollen", orgnr=B, actor_type="company"), by="ola")
    before = to_plain(store.get("actor:kollen").record)
    done = bring(store, actors(tmp_path, f"Blåfjell AS;AS;{A};;;", f"Kollen;AS;{B};Levanger;kollen.example.no;KO"))
    assert counts(done) == {"new": 1, "draft": 1, "changed": 1}
    undone = undo(store, done.import_id or "", "kari")
    assert (undone.removed, undone.put_back, undone.kept) == (1, 1, ())
    assert to_plain(store.get("actor:kollen").record) == before
    with pytest.raises(UnknownRecordError):
        store.get("actor:blafjell-as")
    assert store.history("actor:blafjell-as")[-1].action is Action.DELETE
    assert (origins(store, "actor:kollen"), proposals(store)) == ([], [])
    assert import_of(store, done.import_id or "").state is ImportState.UNDONE
    again = bring(store, actors(tmp_path, f"Blåfjell AS;AS;{A};;;"))
    assert counts(again) == {"new": 1, "draft": 1}
    assert [one.version for one in store.history("actor:blafjell-as")] == [1, 2, 3]


def test_taking_back_leaves_what_people_did_since(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("kollen", "Kollen", orgnr=B, actor_type="company"), by="ola")
    rows = (f"Blåfjell AS;AS;{A};;;", f"Kollen;AS;{B};;gammel.example.no;KO", f"Vika AS;AS;{C};;;")
    done = bring(store, actors(tmp_path, *rows))
    for record_id in ("actor:kollen", "actor:blafjell-as"):
        stored = store.get(record_id)
        edited = stored.record.model_copy(update={"url": "https://ny.example.no"})
        write_one(store, edited, "ola", expected_version=stored.version)
    store.save(idea("x", "X", "Y", participants=[{"actor": "actor:vika-as", "role": "partner"}]), by="ola")
    undone = undo(store, done.import_id or "", "kari")
    assert undone.kept == ("actor:blafjell-as", "actor:vika-as")
    kollen = found(store, "actor:kollen")
    assert (kollen.url, kollen.aliases) == ("https://ny.example.no", ())


def test_the_same_number_is_the_same_body_whatever_it_is_called(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("blafjell", "Blåfjell", orgnr=A, actor_type="company"), by="ola")
    assert "new" not in counts(bring(store, actors(tmp_path, f"BLÅFJELL FORSKNING OG UTVIKLING AS;AS;{A};;;")))


def test_other_numbers_are_other_bodies_whatever_they_are_called(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("blafjell", "Blåfjell", orgnr=A), by="ola")
    assert counts(bring(store, actors(tmp_path, f"Blåfjell;AS;{B};;;"))) == {"new": 1, "draft": 1}
    assert found(store, f"actor:blafjell-{B}").orgnr == B


def test_one_name_in_two_places_is_two_bodies(store: RecordStore, tmp_path: Path) -> None:
    path = actors(tmp_path, "Frivilligsentralen;forening;;Levanger;;", "Frivilligsentralen;forening;;Verdal;;")
    assert counts(bring(store, path)) == {"new": 2, "draft": 2}


def test_a_name_that_is_only_alike_waits_for_a_person_who_is_remembered(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("sjoinstituttet", "Institutt for sjøtransport", actor_type="research_institute"), by="ola")
    path = actors(
        tmp_path, f"Institutt for sjøtransporter;institutt;{A};;;", f"Institutt for sjøtranspor;institutt;{B};;;"
    )
    report = bring(store, path)
    assert counts(report) == {"review": 2}
    assert [one["maybe"] for one in report.left_out] == [["actor:sjoinstituttet"]] * 2
    decide_same(store, report.left_out[0]["key"], "actor:sjoinstituttet", "kari")
    decide_same(store, report.left_out[1]["key"], None, "kari")
    assert counts(bring(store, path)) == {"changed": 1, "new": 1, "draft": 1}
    assert found(store, "actor:sjoinstituttet").orgnr == A


def test_what_was_merged_is_found_again_as_the_one_that_stays(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("blafjell", "Blåfjell", actor_type="company"), by="ola")
    path = actors(tmp_path, f"Blåfjell og Sønn;AS;{A};;;")
    bring(store, path)
    merge(store, "actor:blafjell", "actor:blafjell-og-sonn", "ola")
    bring(store, path)
    assert store.ids(Kind.ACTOR, None) == ["actor:blafjell", "actor:blafjell-og-sonn"]
    assert found(store, "actor:blafjell-og-sonn").state is CurationState.RETIRED


def test_what_a_person_retired_does_not_come_back(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("blafjell", "Blåfjell", orgnr=A, state="retired"), by="ola")
    report = bring(store, actors(tmp_path, f"Blåfjell;AS;{A};;;"))
    assert reasons(report) == {2: "given_up"}


def test_no_person_comes_in(store: RecordStore, tmp_path: Path) -> None:
    path = table(
        tmp_path / "x.csv", "Navn;Type;Kontakt", "Kari Nordmann;Enkeltpersonforetak;", "Ola Nordmann;privatperson;",
        "Blåfjell;AS;Per Hansen, per.hansen@blafjell.example.no", "Kollen;AS;postmottak@kollen.example.no",
    )  # fmt: skip
    report = bring(store, path)
    assert reasons(report) == {2: "sole_proprietor", 3: "person"}
    assert "Nordmann" not in str(left_out_of(store, report.import_id or ""))
    assert found(store, "actor:blafjell").contacts == ()
    assert [one.email for one in found(store, "actor:kollen").contacts] == ["postmottak@kollen.example.no"]
    everything = "\n".join(payload for page in store.pages() for _, _, payload in page)
    assert "Hansen" not in everything
    assert "Nordmann" not in everything


def test_a_table_of_projects_is_read_with_who_took_part(store: RecordStore, tmp_path: Path) -> None:
    store.save(actor("blabygd-kommune", "Blåbygd kommune"), by="ola")
    path = table(
        tmp_path / "tildelt.csv", "Kommune;Prosjekt;Samarbeidspartnere;Tildelt beløp;Vedtak",
        "Blåbygd kommune;Felles alarmmottak;Ukjent AS;1 200 000;Innvilget", "Blåbygd kommune;Svømmehall;;0;Avslag",
    )  # fmt: skip
    report = bring(store, path)
    assert counts(report) == {"new": 1, "draft": 1, "refused": 1}
    assert reasons(report) == {3: "rejected"}
    record = store.get("idea:felles-alarmmottak").record
    assert isinstance(record, ProjectIdea)
    assert [(part.actor, part.role) for part in record.participants] == [("actor:blabygd-kommune", "coordinator")]
    assert record.grants[0].amount == 1_200_000


def test_a_table_without_a_name_says_which_columns_it_has(store: RecordStore, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="Saldo"):
        bring(store, table(tmp_path / "x.csv", "Saldo;Dato", "1;2"))


def test_drafts_of_an_import_are_published_together(store: RecordStore, tmp_path: Path) -> None:
    done = bring(store, actors(tmp_path, f"Blåfjell AS;AS;{A};;;", f"Kollen AS;AS;{B};;;"))
    assert publish(store, done.import_id or "", "kari") == 2
    assert found(store, "actor:kollen-as").state is CurationState.PUBLISHED
    assert undo(store, done.import_id or "", "kari").kept == ("actor:blafjell-as", "actor:kollen-as")


def test_a_mapping_is_kept_by_its_name(store: RecordStore) -> None:
    save_mapping(store, "vår liste", Kind.ACTOR, {"Virksomhet": "name"})
    save_mapping(store, "vår liste", Kind.ACTOR, {"Virksomhet": "name", "Sted": "municipality"})
    assert mappings(store)["vår liste"].columns == {"Virksomhet": "name", "Sted": "municipality"}


def test_texts_in_one_language_do_not_change_those_in_another(store: RecordStore, tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", "Navn;Orgnr;Beskrivelse", f"Blåfjell AS;{A};Forsker på sjø og land i nord.")
    bring(store, path)
    stored = store.get("actor:blafjell-as")
    summary = LangText(nb="Forsker på sjø og land i nord.", en="Does research on sea and land.")
    write_one(store, stored.record.model_copy(update={"summary": summary}), "ola", expected_version=stored.version)
    bring(store, table(tmp_path / "x.csv", "Navn;Orgnr;Beskrivelse", f"Blåfjell AS;{A};Forsker på sjø og by."))
    assert found(store, "actor:blafjell-as").summary == LangText(
        nb="Forsker på sjø og by.", en="Does research on sea and land."
    )


BRING = """
import os, signal, sys
import signal
import subprocess
import sys
from pathlib import Path
from corpus.importing import planning
planning.ROWS_AT_ONCE = 50
from corpus.importing.applying import apply
from corpus.importing.planning import ImportOptions
from corpus.importing.sources import source_of
from corpus.store import RecordStore
from tests.corpus.importing.bring import DAY, given
file = given(Path({path!r}))
def at(done):
    if done >= 200:
        os.kill(os.getpid(), signal.SIGKILL)
with RecordStore.open({url!r}) as store:
    apply(store, file, source_of("spreadsheet").read(file), ImportOptions("spreadsheet", DAY), "kari", progress=at)
"""


def test_an_import_that_was_killed_goes_on_and_is_taken_back_as_one(sqlite_url: str, tmp_path: Path) -> None:
    rows = [f"Blåfjell {n} AS;AS;{orgnr(20_000_000 + 10 * n)};;;" for n in range(500)]
    path = actors(tmp_path, *rows)
    RecordStore.open(sqlite_url).close()
    code = BRING.format(path=str(path), url=sqlite_url)
    ended = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False)
    assert ended.returncode == -signal.SIGKILL
    with RecordStore.open(sqlite_url) as store:
        assert [one.state for one in imports(store)] == [ImportState.RUNNING]
        half = store.ids(Kind.ACTOR, None)
        assert len(half) == 200
        assert all(origins(store, one) for one in half[:3])
        done = bring(store, path)
        assert counts(done) == {"same": 200, "new": 300, "draft": 300}
        assert [one.id for one in imports(store)] == [done.import_id]
        assert undo(store, done.import_id or "", "kari").removed == 500
        assert store.ids(state=None) == []
