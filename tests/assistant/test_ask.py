"""What the product promises to who asks, through its own entry point, with the shipped corpus."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.platform.user_text import MAX_QUESTION
from corpus.text import Language
from tests.assistant.conftest import Command, Result

pytestmark = pytest.mark.usefixtures("corpus_day", "filled_home")

ITEM = {"id", "name", "score", "confidence", "why", "evidence"}
PARTNER = ITEM | {"url", "email", "phone", "checked_on"}
SCHEME = ITEM | {
    "eligible",
    "status",
    "deadline",
    "last_call",
    "checked_on",
    "successor",
    "eligibility",
    "url",
    "suitability",
}
SUITABILITY = {"topic", "themes", "activities", "activity_fits", "expected", "worth"}


def ids(result: Result, kind: str) -> list[str]:
    return [item["id"] for item in result.data[kind]]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("who can help with sepsis early warning?", "en"),
        ("kven kan hjelpe med tidleg oppdaging av blodforgifting?", "nn"),
    ],
)
def test_the_two_sample_questions_are_answered_in_their_language(
    mellomrom: Command, question: str, language: str
) -> None:
    result = mellomrom("ask", "--json", question)
    assert result.code == 0
    assert result.data["language"] == language
    assert result.data["outcome"] == "matched"
    assert ids(result, "partners")[0] == "actor:helse-nord-trondelag"
    assert ids(result, "ideas")[0] == "idea:akutt-sykdom-sepsis"


def test_a_home_that_is_told_from_where_somebody_stands_is_used(
    mellomrom: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home.parent)
    monkeypatch.setenv("MELLOMROM_HOME", home.name)
    assert ids(mellomrom("ask", "--json", "sepsis"), "partners")


def test_an_employee_who_wants_a_doctorate_is_shown_the_public_sector_scheme(mellomrom: Command) -> None:
    assert ids(mellomrom("ask", "--json", "Can an employee take a doctorate?"), "schemes")[0] == (
        "instrument:offentlig-sektor-phd"
    )


def test_an_ended_scheme_is_said_to_have_ended_and_its_successor_is_named(mellomrom: Command) -> None:
    later, scheme = mellomrom("ask", "--json", "Horisont 2020").data["schemes"][:2]
    assert later["id"] == "instrument:horisont-europa"
    assert scheme["id"] == "instrument:horisont-2020"
    assert scheme["status"] == "ended"
    assert scheme["successor"] == {"id": "instrument:horisont-europa", "name": "Horisont Europa", "since": "2021"}
    told = " ".join(mellomrom("ask", "Horisont 2020").out.split())
    assert "Horisont 2020 er avsluttet; Horisont Europa tok over." in told


@pytest.mark.parametrize("question", ["best pizza in Oslo", "hva er klokka", "asdf qwer zxcv"])
def test_where_nothing_fits_the_answer_is_no_good_match(mellomrom: Command, question: str) -> None:
    result = mellomrom("ask", "--json", question)
    assert result.data["outcome"] == "no_match"
    assert [result.data[kind] for kind in ("partners", "schemes", "ideas")] == [[], [], []]


def test_no_good_match_is_said_plainly_with_a_person_to_turn_to(mellomrom: Command) -> None:
    assert "found no good match" in mellomrom("ask", "best pizza in Oslo").out
    assert "competence broker" in mellomrom("ask", "best pizza in Oslo").out


def test_what_closes_next_is_told_soonest_first_with_a_countys_own_where_it_is_known(
    mellomrom: Command, corpus_day: None
) -> None:
    anywhere, bodo = (
        mellomrom("ask", "hvilke frister kommer?").out,
        mellomrom("ask", "hva kan Bodø kommune søke på nå?").out,
    )
    assert "deres egen kommune" in anywhere
    assert "deres egen kommune" not in bodo
    assert "en kommune" in anywhere
    assert "for Bodø" in bodo
    for told in (anywhere, bodo):
        years = [int(year) for year in re.findall(r"(?:frist|vente[ts])[^·]*?(20\d\d)", " ".join(told.split()))]
        assert len(years) > 3
        assert years == sorted(years)


def test_json_keeps_its_promise(mellomrom: Command) -> None:
    data = mellomrom("ask", "--json", "støtte til forskning i kommunen om helse").data
    lists = {"partners", "schemes", "ideas", "asks", "calendar"}
    assert set(data) == lists | {"question", "shortened", "language", "outcome", "summary", "index"}
    assert data["summary"].endswith(".")
    assert set(data["index"]) == {"encoder", "fingerprint"}
    assert data["schemes"]
    for kind, keys in (("partners", PARTNER), ("schemes", SCHEME), ("ideas", ITEM | {"years"})):
        for item in data[kind]:
            assert set(item) == keys
            assert 0 <= item["score"] <= 1
            assert item["confidence"] in {"strong", "good", "possible"}
            assert item["why"]
            assert item["evidence"]
            assert all(set(one) == {"record_id", "quote", "language", "source"} for one in item["evidence"])
    assert all(set(scheme["suitability"]) == SUITABILITY for scheme in data["schemes"])
    judged = [one for scheme in data["schemes"] for one in scheme["eligibility"]]
    assert judged
    for one in judged:
        assert set(one) == {"criterion", "verdict", "text", "rule", "source"}
        assert one["verdict"] in {"met", "unmet", "unknown"}
        assert one["text"].endswith(".")
        assert one["source"]


def test_every_reason_is_a_finished_sentence_in_the_language_of_the_question(mellomrom: Command) -> None:
    for question in (
        "hvem kan hjelpe oss med folkehelse",
        "kven kan hjelpe oss med folkehelsa",
        "who knows public health",
    ):
        data = mellomrom("ask", "--json", question).data
        sentences = [
            sentence for kind in ("partners", "schemes", "ideas") for item in data[kind] for sentence in item["why"]
        ]
        assert sentences
        for sentence in sentences:
            assert sentence.endswith(".")
            assert "{" not in sentence
            assert not sentence.startswith("why.")


@pytest.mark.parametrize("language", Language)
def test_the_answer_can_be_had_in_another_language_than_the_question(mellomrom: Command, language: Language) -> None:
    headings = {Language.NB: "Partnere", Language.NN: "Partnarar", Language.EN: "Partners"}
    told = mellomrom("ask", "--language", language.value, "hvem kan hjelpe med sepsis").out
    assert headings[language] in told


def test_the_whole_answer_in_a_terminal_has_why_evidence_source_and_next_step(mellomrom: Command) -> None:
    mellomrom("ask", "hvem kan hjelpe med sepsis")
    told = mellomrom("ask", "--why", "hvem kan hjelpe med sepsis").out
    assert told == mellomrom("ask", "--all", "hvem kan hjelpe med sepsis").out
    for part in ("Handler om det samme: sepsis", "Kilde: TFoU-arbeidsnotat 2017:106", "→ Neste steg", "sterkt treff"):
        assert part in told


@pytest.mark.parametrize(
    "question",
    [
        "hvem kan hjelpe oss med tidlig oppdagelse av sepsis, og hva kan betale?",
        "kven kan hjelpe oss med lærarrekruttering?",
        "who can help with climate adaptation and stormwater?",
    ],
)
def test_an_answer_in_a_terminal_is_thirty_lines_of_eighty_columns_at_most(mellomrom: Command, question: str) -> None:
    mellomrom("ask", question)
    lines = mellomrom("ask", question).out.splitlines()
    assert len(lines) <= 30
    assert all(len(line) <= 80 for line in lines)


def test_an_ended_scheme_and_a_body_that_is_gone_are_not_suggested_unasked(mellomrom: Command) -> None:
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_store
    from corpus.records import Actor, FundingInstrument, Standing

    questions = ["penger til innovasjon i kommunen", "støtte til europeisk samarbeid", "forskere på bioøkonomi"]
    with open_store(load_settings()) as store:
        for question in questions:
            data = mellomrom("ask", "--json", "--top", "10", question).data
            for item in data["partners"] + data["schemes"]:
                record = store.get(item["id"]).record
                if isinstance(record, Actor):
                    assert record.dissolved_on is None, question
                if isinstance(record, FundingInstrument):
                    assert record.standing is not Standing.ENDED, question


@pytest.mark.parametrize("question", ["", "  ", "x", "🙂🙂🙂", "???", "\x00\x07"])
def test_a_question_without_a_word_gets_a_clear_error(mellomrom: Command, question: str) -> None:
    result = mellomrom("ask", question)
    assert result.code != 0
    assert "ingen ord" in result.err
    assert "Traceback" not in result.err


def test_a_question_of_100_000_characters_is_answered_from_its_beginning(mellomrom: Command) -> None:
    result = mellomrom("ask", "hvem kan hjelpe med sepsis " + "bla " * 25_000)
    assert result.code == 0
    assert str(MAX_QUESTION) in result.out


HOSTILE = [
    "'; DROP TABLE record; --",
    "<script>alert(1)</script> sepsis",
    "[bold red]sepsis[/bold red] [link=http://x]y[/link]",
    "{0} {name} %s %d ${HOME} $(id)",
    "sepsis" * 300,
    "../../etc/passwd sepsis",
    "\u202esispes\u202c sepsis \u0000",
    "sepsis \udcff\udcfe",
    "kind:idea AND id:* OR (",
    "-- --json --batch",
    "I\u0307stanbul \ufb01nansiering ½ sepsis",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_a_hostile_question_is_only_a_question(mellomrom: Command, question: str, filled_home: Path) -> None:
    for arguments in (["--json"], []):
        result = mellomrom("ask", *arguments, "--", question)
        assert result.code == 0, result.err
        assert "Traceback" not in result.err
    assert mellomrom("corpus", "show", "actor:helse-nord-trondelag").code == 0
    assert ids(mellomrom("ask", "--json", "hvem kan hjelpe med sepsis"), "partners")[0] == "actor:helse-nord-trondelag"


def test_markup_in_a_question_is_shown_as_it_is(mellomrom: Command) -> None:
    assert "[bold red]sepsis[/bold red]" in mellomrom("ask", "[bold red]sepsis[/bold red]").out


def test_a_batch_answers_every_line_in_order_in_one_process(mellomrom: Command, tmp_path: Path) -> None:
    subjects = ["sepsis", "folkehelse", "lokalmat", "frafall", "responssenter"]
    questions = [f"hvem kan hjelpe med {subjects[number % 5]} nummer {number}" for number in range(100)]
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(questions), encoding="utf-8")
    result = mellomrom("ask", "--batch", str(path))
    assert result.code == 0
    assert [json.loads(line)["question"] for line in result.out.splitlines()] == questions


def test_what_a_line_of_a_batch_leaves_out_is_left_out(mellomrom: Command, tmp_path: Path) -> None:
    path = tmp_path / "questions.txt"
    need = "hvem kan hjelpe med sykefravær i kommunen"
    path.write_text(f"{need}\n{need}, unntatt STAMI\n", encoding="utf-8")
    every, others = (json.loads(line)["partners"] for line in mellomrom("ask", "--batch", str(path)).out.splitlines())
    assert "actor:stami" in {one["id"] for one in every}
    assert others
    assert "actor:stami" not in {one["id"] for one in others}


def test_a_line_that_cannot_be_answered_says_why_and_costs_the_others_nothing(
    mellomrom: Command, tmp_path: Path
) -> None:
    path = tmp_path / "questions.txt"
    path.write_bytes(
        "hvem kan hjelpe med sepsis\r\n🙂\n\n\xff\xfe folkehelse\n".encode("latin-1", "ignore") + "🙂\n".encode()
    )
    result = mellomrom("ask", "--batch", str(path))
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert result.code == 1
    assert ["error" in line for line in lines] == [False, False, True]
    assert "could not be answered" in result.err


@pytest.mark.parametrize("path", ["no-such-file.txt", "."])
def test_a_batch_that_cannot_be_read_is_told_plainly(mellomrom: Command, path: str) -> None:
    result = mellomrom("ask", "--batch", path)
    assert result.code == 1
    assert "one question a line" in result.err


def test_an_edit_on_the_command_line_is_found_by_the_next_question(mellomrom: Command, tmp_path: Path) -> None:
    record = tmp_path / "new.yaml"
    record.write_text(
        """
- id: actor:drone-lab
  name: {nb: Dronelaben, en: Drone lab}
  summary: {nb: Teller havsuler på fuglefjell fra lufta med droner., en: Counts gannets on cliffs with drones.}
  actor_type: company
  sources: [{ref: "made up for a test", mark: assumed}]
  confidence: assumed
""",
        encoding="utf-8",
    )
    question = ("ask", "--json", "hvem kan telle havsuler på fuglefjellet med droner")
    assert "actor:drone-lab" not in ids(mellomrom(*question), "partners")
    assert mellomrom("corpus", "add", str(record)).code == 0
    assert "actor:drone-lab" in ids(mellomrom(*question), "partners")
    assert mellomrom("corpus", "retire", "actor:drone-lab").code == 0
    assert "actor:drone-lab" not in ids(mellomrom(*question), "partners")


def run_process(
    home: Path, *arguments: str, corpus: Path | None = None, room: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the product in a process of its own.

    Args:
        home: Where it keeps everything.
        arguments: Of the command line.
        corpus: A folder of records in place of those that are shipped.
        room: The most bytes that a file may grow to, as where a disk is full wherever that happens to be met.
    """
    code = "from assistant.cli import process_main; process_main()"
    if corpus:
        code = f"import pathlib, corpus.curation as c; c.shipped_folder = lambda: pathlib.Path({str(corpus)!r}); {code}"

    def little_room() -> None:
        if room:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    environment = {**os.environ, "MELLOMROM_HOME": str(home)} | ({"PYTHONDONTWRITEBYTECODE": "1"} if room else {})
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, preexec_fn=little_room)


def test_a_question_never_imports_torch(filled_home: Path) -> None:
    code = "import sys\nfrom assistant.cli import main\ntry:\n main()\nexcept SystemExit: pass\n"
    code += "assert not {'torch', 'sentence_transformers', 'alembic', 'scipy'} & sys.modules.keys()"
    command = [sys.executable, "-c", code, "ask", "--json", "hvem kan hjelpe med sepsis"]
    environment = {**os.environ, "MELLOMROM_HOME": str(filled_home)}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == 0, result.stderr


def test_help_imports_nothing_heavy() -> None:
    code = "import sys\nfrom assistant.cli import main\nsys.argv = ['mellomrom', '--help']\n"
    code += "try:\n main()\nexcept SystemExit: pass\n"
    code += "assert not {'numpy', 'faiss', 'tantivy', 'sqlalchemy', 'torch'} & sys.modules.keys()"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_the_very_first_question_makes_everything_and_says_so(tmp_path: Path) -> None:
    home = tmp_path / "nothing" / "here" / "yet"
    first = run_process(home, "ask", "--json", "hvem kan hjelpe med sepsis")
    assert first.returncode == 0
    assert "Legger inn basen" in first.stderr
    assert "Bygger søkeindeksen" in first.stderr
    again = run_process(home, "ask", "--json", "hvem kan hjelpe med sepsis")
    assert again.stderr == ""
    assert json.loads(again.stdout) == json.loads(first.stdout)


def test_two_first_questions_at_once_are_both_answered(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: run_process(tmp_path / "new", "ask", "--json", "sepsis i kommunen"), range(2)))
    assert [run.returncode for run in runs] == [0, 0], [run.stderr for run in runs]
    assert json.loads(runs[0].stdout) == json.loads(runs[1].stdout)


def test_a_home_that_cannot_be_made_is_told_plainly(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    result = run_process(in_the_way / "home", "ask", "sepsis")
    assert result.returncode == 1
    assert "MELLOMROM_HOME" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("room", [4_000, 40_000])
def test_a_disk_that_fills_up_while_the_index_is_written_is_told_plainly(
    tmp_path: Path, small_corpus: Path, room: int
) -> None:
    home = tmp_path / "few"
    assert run_process(home, "ask", "--json", "sepsis i kommunen", corpus=small_corpus).returncode == 0
    shutil.rmtree(home / "index")
    full = run_process(home, "ask", "--json", "sepsis i kommunen", corpus=small_corpus, room=room)
    assert full.returncode == 1, full.stdout
    assert "Traceback" not in full.stderr
    assert "Make room" in full.stderr
    assert run_process(home, "ask", "--json", "sepsis i kommunen", corpus=small_corpus).returncode == 0


def test_a_setting_that_cannot_be_used_is_named(mellomrom: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELLOMROM_LANGUAGE", "klingon")
    result = mellomrom("ask", "sepsis")
    assert result.code == 1
    assert "MELLOMROM_LANGUAGE" in result.err


def test_an_encoder_that_is_not_there_is_told_plainly(mellomrom: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELLOMROM_ENCODER", "/no/such/model")
    result = mellomrom("ask", "sepsis")
    assert result.code == 1
    assert "/no/such/model" in result.err
    assert "Traceback" not in result.err


def test_the_index_can_be_seen_verified_and_rebuilt(
    mellomrom: Command, tmp_path: Path, small_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELLOMROM_HOME", str(tmp_path / "few"))
    assert "bundled" in mellomrom("index", "info").out
    assert mellomrom("index", "verify").code == 0
    assert mellomrom("index", "rebuild").code == 0
    mellomrom("corpus", "retire", "actor:clinic")
    stale = mellomrom("index", "verify")
    assert stale.code == 1
    assert "rebuild" in stale.err


def test_a_body_that_is_gone_and_asked_for_by_name_brings_what_took_over(mellomrom: Command) -> None:
    partners = mellomrom("ask", "--json", "hva gjør Trøndelag Forskning og Utvikling?").data["partners"]
    assert [one["id"] for one in partners[:2]] == ["actor:tfou", "actor:sintef"]
    assert any(sentence.startswith("Tok over etter") for sentence in partners[1]["why"])
    told = " ".join(mellomrom("ask", "hva gjør Trøndelag Forskning og Utvikling?").out.split())
    assert "I dag er det SINTEF som kan spørres." in told
