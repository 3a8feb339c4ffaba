"""Scripted dialogues: the development half goes through the service, turn by turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.dialogue.conversation import ConversationState, ListedSuggestion
from assistant.lab.dialogues import Dialogue, figures_of, read_dialogues, run_dialogues
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from corpus.records import Kind
from index.evaluation import EvaluationError

DIALOGUES = Path(__file__).with_name("dialogues.yaml")
LEAST_RIGHT = 0.95
MOST_LOST = 0.01
"""What the development half reached, less what a change of the corpus may cost."""


@pytest.mark.slow
@pytest.mark.usefixtures("corpus_day")
def test_turns_are_handled_right_and_threads_kept(filled_home: Path) -> None:
    dialogues = read_dialogues(DIALOGUES, "dev")
    assert len(dialogues) > 100
    with open_runtime(Settings(home=filled_home)) as runtime:
        verdicts = run_dialogues(dialogues, runtime)
    figures = {(one.measure, one.group): one.value for one in figures_of(verdicts)}
    failed = [f"{one.dialogue}.{one.number} {one.said!r}: {one.faults}" for one in verdicts if one.faults]
    assert figures["handled right", "all"] >= LEAST_RIGHT, failed
    assert figures["threads lost", "all"] <= MOST_LOST, failed


def test_what_an_expectation_asks_is_held_against_the_reply(filled_home: Path) -> None:
    script = {
        "id": "wrong",
        "split": "dev",
        "language": "nb",
        "turns": [
            {"say": "hvem kan hjelpe med sepsis?", "kind": "need", "expect": {"shows": ["answer"], "need": "new"}},
            {
                "say": "vi er fra Levanger kommune",
                "kind": "fact",
                "expect": {
                    "shows": ["warning"], "need": "new", "contains": ["xyzzy|plugh"], "lacks": ["levanger"],
                    "language": "en", "facts": {"place": "Bodø"}, "partners": {"all_type": "company"},
                },
            },
            {"say": "hvorfor {partner9}", "kind": "why", "expect": {"shows": ["reply"]}},
        ],
    }  # fmt: skip
    with open_runtime(Settings(home=filled_home)) as runtime:
        right, wrong, unsaid = run_dialogues([Dialogue.model_validate(script)], runtime)
    assert right.faults == ()
    told = " ".join(wrong.faults)
    for part in ("shows", "need not new", "lacks 'xyzzy", "holds 'levanger'", "language nb", "fact place", "actor:"):
        assert part in told
    assert not unsaid.asked
    assert [one.size for one in figures_of([right, wrong, unsaid]) if one.group == "all"] == [2, 0]


def test_a_file_that_holds_no_dialogues_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("- id: x\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="cannot be read as dialogues"):
        read_dialogues(wrong)


def test_threads_stored_before_still_open() -> None:
    stored = '{"question":"sepsis?","shown":[{"id":"actor:a","kind":"actor","name":"A"}],"refinement":{"kind":"actor"}}'
    state = ConversationState.model_validate_json(stored)
    assert state.shown == (ListedSuggestion(id="actor:a", kind=Kind.ACTOR, name="A"),)
    assert state.before == ()
