"""What is given out is what its asker may see; what is taken away is nowhere afterwards, a share among it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
from starlette.testclient import TestClient

from assistant.access.accounts import AccountRole
from assistant.cases.cases import CaseState
from assistant.service.container import Runtime
from tests.assistant.conftest import Command
from tests.attacks.servers import Server, served
from tests.web.conftest import LogIn
from tests.web.test_chat import SEPSIS, act, ask, first_record

WORDS = ("sepsismarkør", "notatmarkør", "kontaktmarkør@example.no", "meglermarkør", "svarmarkør")


def with_case(client: TestClient, runtime: Runtime) -> str:
    """Ask, open a case and have brokers write in it; return the case."""
    log_id = ask(client, f"{SEPSIS} {WORDS[0]}")
    record = first_record(client.get(f"/a/{log_id}").text)
    act(client, log_id, "introduce", record=record, note=WORDS[1], contact=WORDS[2])
    (case,) = runtime.referrals.cases()
    runtime.referrals.note(case.id, f"{WORDS[3]} om Kari", by="Megler Hansen")
    runtime.referrals.note(case.id, WORDS[4], by="Megler Hansen", for_asker=True)
    runtime.referrals.move(case.id, CaseState.SENT, by="Megler Hansen", note=f"{WORDS[3]} igjen")
    runtime.referrals.assign(case.id, "Megler Hansen", by="Megler Hansen")
    return case.id


def test_an_asker_downloads_what_the_page_shows_and_nothing_of_the_brokers(
    client: TestClient, runtime: Runtime, mellomrom: Command
) -> None:
    case = with_case(client, runtime)
    (found,) = runtime.referrals.cases()
    files = [client.get("/mine/kept.json").text, mellomrom("privacy", "export", case).out]
    for told in files:
        assert WORDS[4] in told
        assert WORDS[1] in told
        assert WORDS[3] not in told
        assert "Hansen" not in told
        assert json.loads(told)["cases"][0]["id"] == found.id
    page = client.get(f"/mine/{case}").text
    assert WORDS[4] in page
    assert WORDS[3] not in page
    assert "Hansen" not in page


def test_an_operator_finds_exports_and_erases_a_visitor_by_case_entry_or_code(
    client: TestClient, runtime: Runtime, mellomrom: Command
) -> None:
    case = with_case(client, runtime)
    (found,) = runtime.referrals.cases()
    code = re.search(r"<code>([0-9a-f]{16})</code>", client.get("/mine").text)
    assert code is not None
    assert code[1] == found.asker
    for told in (case, found.log_id, code[1]):
        printed = mellomrom("privacy", "find", told)
        assert found.asker in printed.out
        assert WORDS[0] not in printed.out
    assert mellomrom("privacy", "find", "0123456789abcdef").code == 1
    assert WORDS[0] in mellomrom("privacy", "export", found.log_id).out
    erased = mellomrom("privacy", "erase", code[1])
    assert erased.code == 0
    assert "What stays" in erased.out
    everything = mellomrom("privacy", "export", case).out
    assert not any(word in everything for word in WORDS)
    assert mellomrom("log", "verify").code == 0


def test_what_brokers_wrote_of_somebody_goes_with_what_they_wrote(client: TestClient, runtime: Runtime) -> None:
    case = with_case(client, runtime)
    client.post("/mine/erase")
    (left,) = runtime.referrals.cases()
    told = f"{left} {runtime.referrals.events(case)}"
    assert not any(word in told for word in WORDS)
    assert left.state is CaseState.SENT


def test_a_share_is_taken_back_by_its_asker_and_by_the_operator(
    client: TestClient, runtime: Runtime, log_in: LogIn, mellomrom: Command
) -> None:
    log_id = ask(client, SEPSIS)
    other = log_in(AccountRole.CONTACT)
    for _ in range(2):
        act(client, log_id, "share")
        assert other.get(f"/s/{log_id}").status_code == 200
        page = client.get("/mine").text
        assert "Slutt å dele" in page
        assert act(client, log_id, "unshare", back="mine").headers["Location"] == "/mine"
        assert other.get(f"/s/{log_id}").status_code == 404
        assert "Slutt å dele" not in client.get("/mine").text
    assert act(other, log_id, "share").status_code == 404
    act(client, log_id, "share")
    assert "no longer shared" in mellomrom("privacy", "unshare", log_id).out
    assert other.get(f"/s/{log_id}").status_code == 404
    assert "not shared" in mellomrom("privacy", "unshare", log_id).out


def in_files(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.glob("mellomrom.sqlite3*"))


def words_in(home: Path) -> set[str]:
    """Return which of the words stand in the files of a home."""
    content = in_files(home)
    return {word for word in WORDS if word.encode() in content}


def write_all(browser: httpx2.Client, server: Server) -> None:
    """Write each of the words: ask, open a case with a note and a contact, and have a broker write in it twice."""
    key = re.search(r'name="key" value="([^"]*)"', browser.get("/").text)
    assert key is not None
    answer = browser.post("/ask", data={"text": f"{SEPSIS} {WORDS[0]}", "key": key[1]})
    log_id = answer.headers["Location"].split("/")[2][:16]
    record = first_record(browser.get(f"/a/{log_id}").text)
    done = {"verb": "introduce", "record": record, "note": WORDS[1], "contact": WORDS[2]}
    assert browser.post(f"/a/{log_id}/act", data=done).status_code == 303
    with server.browser() as broker:
        broker.post(server.broker_link.removeprefix(server.address))
        case = re.search(r"/desk/cases/([0-9a-f]{16})", broker.get("/desk/cases").text)
        assert case is not None
        broker.post(f"/desk/cases/{case[1]}/note", data={"text": WORDS[3]})
        broker.post(f"/desk/cases/{case[1]}/note", data={"text": WORDS[4], "for_asker": "true"})


def test_nothing_is_left_in_the_files_while_the_server_runs(filled_home: Path) -> None:
    with served(filled_home) as server, server.browser() as browser:
        write_all(browser, server)
        assert words_in(filled_home) == set(WORDS)
        assert browser.post("/mine/erase").status_code == 303
        assert words_in(filled_home) == set()


def test_nothing_is_left_in_the_files_of_what_was_purged_either(filled_home: Path, mellomrom: Command) -> None:
    with served(filled_home) as server, server.browser() as browser:
        write_all(browser, server)
        assert words_in(filled_home) == set(WORDS)
        assert "the words of 1 cases" in mellomrom("privacy", "purge", "--days", "0").out
        assert words_in(filled_home) == set()
