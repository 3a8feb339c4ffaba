from __future__ import annotations

import pytest

from assistant.peers import PEERS

DOCUMENTS = {
    "actor:hospital": "The hospital detects sepsis early in patients.\nSykehuset oppdager sepsis tidlig.",
    "actor:farm": "The farm grows potatoes and carrots.\nGården dyrker poteter og gulrøtter.",
    "actor:school": "The school follows up pupils who drop out.\nSkolen følger opp elever som slutter.",
}
HOSTILE = ['" OR *', "NEAR(a b)", "", "🙂", "\x00", "sepsis " * 2_000, "\udcff", "a'; DROP TABLE texts; --"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of the peers' own making
@pytest.mark.parametrize("name", PEERS)
def test_each_peer_finds_the_obvious_and_takes_any_question_as_text(name: str) -> None:
    search = PEERS[name](DOCUMENTS)
    found = search("who grows potatoes?", 3)
    assert found[0][0] == "actor:farm"
    assert found == search("who grows potatoes?", 3)
    for question in HOSTILE:
        assert {record_id for record_id, _ in search(question, 3)} <= DOCUMENTS.keys()
