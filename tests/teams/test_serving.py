"""What people do in Teams, end to end: the product served, and the connector that it sends to, over real HTTP."""

from __future__ import annotations

from tests.teams.conftest import Here
from tests.teams.fake_teams import CHANNEL, said_in

QUESTION = "hvem kan hjelpe med tidlig oppdagelse av sepsis?"
THREAD = f"{CHANNEL};messageid=17"


def test_a_question_is_typed_at_and_answered_with_a_card_once_however_often_it_is_told(here: Here) -> None:
    asked = here.teams.message(QUESTION)
    assert [here.tell(asked).status for _ in range(3)] == [200, 200, 200]
    card = here.answered()
    assert "Snakk først med" in said_in(card)
    assert any(body.get("type") == "typing" for _, _, body, _ in here.teams.calls)
    assert {auth for _, _, _, auth in here.teams.calls} == {"Bearer bot-token"}
    here.tell(here.teams.message("hjelp"))
    assert "For eksempel" in said_in(here.answered(count=2))
    assert len(here.teams.cards()) == 2
