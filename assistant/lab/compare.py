"""Whether two checkouts answer alike: ``python -m assistant.lab.compare BEFORE AFTER``.

Each checkout answers the judged questions and holds the scripted dialogues of BEFORE, in processes and homes of its
own, and what they print as JSON is compared value by value. Exit code 0: nothing differs; 1: something does; 2: a
checkout could not be asked.

Invariant: differences of the test half are counted, never shown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from corpus.errors import MellomromError
from index.evaluation import Split, read_questions

EVALUATION = Path("tests", "evaluation")
QUESTIONS = ("questions.yaml", "questions_national.yaml")
DIALOGUES = "dialogues.yaml"
SHOWN_CHARACTERS = 160


class CheckoutError(MellomromError):
    """A checkout could not be asked."""


class Difference(NamedTuple):
    """One value that two checkouts print differently."""

    subject: str
    """The id of the question or of the dialogue's turn."""
    path: str
    """Where in the JSON the value stands, such as ``partners[0].why``."""
    before: Any
    after: Any


def differences(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 (any JSON)
    """Yield path, value before and value after of each innermost value in which two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            inner = f"{path}.{key}" if path else key
            yield from differences(before.get(key, _ABSENT), after.get(key, _ABSENT), inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{path}[{number}]")
    elif before != after:
        yield path, before, after


_ABSENT = "(absent)"


def compare(before: Path, after: Path) -> dict[Split, list[Difference]]:
    """Return by half every difference between the answers of two checkouts.

    Args:
        before: The checkout whose judged questions and dialogues are asked.
        after: The other checkout.

    Raises:
        CheckoutError: a checkout lacks the questions, or ended with an error.
        EvaluationError: a file of questions cannot be read.
    """
    found: dict[Split, list[Difference]] = {split: [] for split in Split}
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        places = ((before, Path(first)), (after, Path(second)))
        for name in QUESTIONS:
            questions = read_questions(before / EVALUATION / name)
            asked = "".join(" ".join(question.text.split()) + "\n" for question in questions)
            answers = [_json_lines(_run(checkout, home, ["ask", "--batch", "-"], asked)) for checkout, home in places]
            for question, *pair in zip(questions, *answers, strict=True):
                found[question.split] += [Difference(question.id, *difference) for difference in differences(*pair)]
        for split in Split:
            command = ["evaluate", "--dialogues", str(before / EVALUATION / DIALOGUES), "--split", split]
            turns = [_turns(_run(checkout, home, [*command, "--json", "--failures"])) for checkout, home in places]
            for turn in dict.fromkeys([*turns[0], *turns[1]]):
                pair = [some.get(turn, _ABSENT) for some in turns]
                found[split] += [Difference(turn, *difference) for difference in differences(*pair)]
    return found


def _run(checkout: Path, home: Path, command: Sequence[str], typed: str = "") -> str:
    """Return what a command of a checkout prints, with no setting but its home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MELLOMROM_")}
    environment |= {"PYTHONPATH": str(checkout), "MELLOMROM_HOME": str(home), "PYTHONUTF8": "1"}
    ended = subprocess.run(  # noqa: S603 (our own command line)
        [sys.executable, "-m", "assistant", *command],
        input=typed, env=environment, cwd=checkout, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if ended.returncode:
        raise CheckoutError(
            f"{checkout}: `mellomrom {' '.join(command)}` ended with {ended.returncode}: {ended.stderr}"
        )
    return ended.stdout


def _json_lines(printed: str) -> list[Any]:
    return [json.loads(line) for line in printed.splitlines()]


def _turns(printed: str) -> dict[str, Any]:
    """Return by name the figures and the failed turns that ``evaluate --dialogues --json --failures`` prints."""
    named = {}
    for row in json.loads(printed):
        name = f"{row['dialogue']}.{row['number']}" if "dialogue" in row else f"{row['measure']}, {row['group']}"
        named[name] = row
    return named


def _shown(value: Any) -> str:  # noqa: ANN401 (any JSON)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two checkouts, print each difference of the development half, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m assistant.lab.compare", description=__doc__)
    parser.add_argument("before", type=Path, help="a checkout; its judged questions and dialogues are asked")
    parser.add_argument("after", type=Path, help="the other checkout")
    chosen = parser.parse_args(arguments)
    try:
        found = compare(chosen.before.resolve(), chosen.after.resolve())
    except MellomromError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for one in found[Split.DEVELOPMENT]:
        sys.stdout.write(f"{one.subject}  {one.path}\n  - {_shown(one.before)}\n  + {_shown(one.after)}\n")
    for split, some in found.items():
        subjects = len({one.subject for one in some})
        sys.stdout.write(f"{split} half: {subjects} questions and turns differ, in {len(some)} values\n")
    return int(any(found.values()))


if __name__ == "__main__":
    raise SystemExit(main())
