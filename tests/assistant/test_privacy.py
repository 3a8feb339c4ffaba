"""What identifies somebody is not stored; what is kept can be given out and taken away."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from assistant.platform.keys import Keys, installation_secret
from assistant.platform.redaction import redact
from assistant.platform.settings import Settings, SettingsError
from assistant.service.container import Runtime
from assistant.service.messages import ActionType, UnknownAnswerError
from assistant.service.privacy import erase, kept_of
from tests.assistant.services import HOSPITAL, KARI, OLA, Small


def as_runtime(small: Small) -> Runtime:
    # Only these parts of a runtime are used here.
    return cast("Runtime", SimpleNamespace(database=small.database, service=small.service, referrals=small.referrals))


@pytest.mark.parametrize(
    "secret",
    ["01017012345", "010170 12345", "010170-12345", "91234567", "912 34 567", "91 23 45 67", "+47 91234567",
     "004791234567", "22 33 44 55", "+46 70 123 45 67", "kari.nordmann@verdal.kommune.no", "a+b@x.co"],
)  # fmt: skip
def test_numbers_and_addresses_of_people_are_taken_out(secret: str) -> None:
    cleaned = redact(f"Ring ({secret}), så får vi svar.")
    assert cleaned.text == "Ring ([…]), så får vi svar."
    assert cleaned.removed


@pytest.mark.parametrize(
    "text",
    ["50 000 000 kroner", "Horisont 2020", "kommune 5038", "i 2016-2017", "25 prosent av 40 000", "orgnr 938587051",
     "1. januar 2026", "kl. 12.30", "FORKOMMUNE 2017", "et budsjett på 1 200 000"],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert redact(text).text == text


@given(st.text(), st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_no_identity_number_is_ever_left(text: str, number: str) -> None:
    assert number not in redact(f"{text} {number} {text}").text.replace(text, "")


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: installation_secret(settings), range(8)))
    assert len(secrets) == 1
    assert stat.S_IMODE((settings.home / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in settings.home.iterdir()] == ["secret.key"]
    assert installation_secret(Settings(home=tmp_path, secret_key=SecretStr("set"))) == b"set"


def test_a_secret_that_cannot_be_read_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(SettingsError, match="MELLOMROM_HOME"):
        installation_secret(Settings(home=tmp_path))


def test_hashes_depend_on_the_secret_the_purpose_and_where_parts_end() -> None:
    keys = Keys(b"one")
    assert keys.hashed("asker", "a", "bc") == Keys(b"one").hashed("asker", "a", "bc")
    others = {keys.hashed("asker", "ab", "c"), keys.hashed("event", "a", "bc"), Keys(b"two").hashed("asker", "a", "bc")}
    assert keys.hashed("asker", "a", "bc") not in others
    assert len(others) == 3


def test_somebody_gets_everything_that_is_kept_of_them_and_nothing_of_others(small: Small) -> None:
    small.do(small.say("hvem kan hjelpe med sepsis?"), ActionType.INTRODUCE, record_id=HOSPITAL.id, note="Vi er to")
    small.say("hvem leser med barn?", OLA, conversation="c2")
    kept = kept_of(as_runtime(small), KARI)
    assert [entry["kind"] for entry in kept["log"]] == ["question", "answer", "act"]
    assert [case["note"] for case in kept["cases"]] == ["Vi er to"]
    assert "hvem leser" not in str(kept)


def test_what_somebody_wrote_is_taken_away_and_the_log_stays_whole(small: Small) -> None:
    reply = small.say("hvem kan hjelpe med sepsis?")
    small.do(reply, ActionType.INTRODUCE, record_id=HOSPITAL.id, note="Vi er to", reply_to="her")
    small.say("hvem leser med barn?", OLA, conversation="c2")
    taken = erase(as_runtime(small), KARI, by="admin")
    assert taken == (3, 1)
    assert small.service.log.verify() == 5
    assert small.service.pseudonym_of(KARI) is None
    (case,) = small.referrals.cases()
    assert (case.question, case.note, case.reply_to) == ("", None, None)
    assert reply.log_id is not None
    with pytest.raises(UnknownAnswerError):
        small.service.logged(reply.log_id, KARI)
    assert kept_of(as_runtime(small), KARI)["log"] == []
    assert len(small.service.questions_of(OLA, 5)) == 1
    assert erase(as_runtime(small), KARI, by="admin") is None


def test_two_first_uses_at_once_share_a_secret(tmp_path: Path) -> None:
    code = "from assistant.platform.keys import installation_secret as s; "
    code += "from assistant.platform.settings import load_settings as l; "
    code += "print(s(l()).hex())"
    environment = {"MELLOMROM_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    assert len({process.communicate()[0] for process in processes}) == 1
