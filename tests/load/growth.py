"""What an installation costs as its base grows: `python -m tests.load.growth [--records 1000 10000] [--served-ms 35]`.

For each number of records a process of its own fills a home with the shipped records and made-up ones up to that
number, builds the index, asks and edits. It tells the passages, what of a processor the index, a warm answer and an
edit until it is found took, the memory held, and the megabytes of database and index. From the largest it is worked out
what a national service needs, with what `mellomrom bench --serve` tells of a served answer (`--served-ms`).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from math import ceil
from pathlib import Path

from assistant.dialogue.understanding import Question
from assistant.lab.benchmarks import QUESTIONS, synthetic_records
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from corpus.records import Kind
from corpus.text import LangText
from tests.load.shared_store import say
from tests.slack.processes import ROOT

ANSWERS, EDITS = 120, 5
NATIONAL_PASSAGES, NATIONAL_PER_SECOND = 2_000_000, 50
USED = 0.6
"""The share of a core that may be busy, so that a peak finds room."""
VECTOR_BYTES = 2 * 192
"""Of a passage, as 16-bit numbers."""


def cpu(act: Callable[[], object]) -> float:
    """Return the seconds of a processor that something takes."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


def size(folder: Path) -> float:
    """Return the megabytes of all files below a folder."""
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1)


def held() -> int:
    """Return the megabytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * 4_096 // 1_000_000


def grown(records: int) -> dict[str, float]:
    """Return the figures of one size, measured in this process."""
    with tempfile.TemporaryDirectory(prefix="mellomrom-growth-") as folder:
        home = Path(folder)
        with open_runtime(Settings(home=home)) as runtime:
            shipped = len(runtime.store.ids())
            runtime.store.save_many(synthetic_records(max(records - shipped, 0)), by="growth", action="ship")
            build = cpu(runtime.keeper.rebuild)
            asked = cycle([Question(text=text) for text, _ in QUESTIONS])
            for _ in range(3 * len(QUESTIONS)):
                runtime.matchmaker.answer(next(asked))
            answers = [cpu(lambda: runtime.matchmaker.answer(next(asked))) for _ in range(ANSWERS)]
            edits = []
            edited = next(one for one in runtime.store.ids(Kind.ACTOR) if "synthetic" not in one)
            for number in range(EDITS):
                record = runtime.store.get(edited).record
                changed = record.model_copy(update={"summary": LangText(nb=f"endret {number}", en="changed")})
                runtime.store.save(changed, by="growth")
                edits.append(cpu(lambda: runtime.keeper.searcher(newest=True)))
            manifest = runtime.keeper.searcher().manifest
            return {
                "records": manifest.records,
                "passages": manifest.passages,
                "index CPU s": round(build, 1),
                "answer CPU ms": round(1000 * statistics.median(answers), 1),
                "edit CPU ms": round(1000 * statistics.median(edits), 0),
                "memory MB": held(),
                "index MB": size(runtime.keeper.searcher().generation.folder),
                "database MB": round(sum(path.stat().st_size for path in home.glob("*.sqlite3*")) / 1e6, 1),
            }


def national(largest: dict[str, float], served_ms: float) -> dict[str, object]:
    """Return what a national service needs, from the largest base that was measured."""
    times = NATIONAL_PASSAGES / largest["passages"]
    # Looking through vectors grows with them; all else of an answer was seen not to.
    scanned_ms = 0.022 * NATIONAL_PASSAGES / 1_000
    answer_ms = served_ms + scanned_ms
    return {
        "passages": NATIONAL_PASSAGES,
        "answers a second": NATIONAL_PER_SECOND,
        "CPU ms an answer, at most": round(answer_ms),
        "cores that answer": ceil(NATIONAL_PER_SECOND * answer_ms / 1000 / USED),
        "vectors MB a process": round(NATIONAL_PASSAGES * VECTOR_BYTES / 1e6),
        "index MB": round(largest["index MB"] * times),
        "database MB of records": round(largest["database MB"] * times),
        "index CPU s, once for all": round(largest["index CPU s"] * times),
    }


def main() -> int:
    """Measure; return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[1_200, 10_000])
    parser.add_argument("--served-ms", type=float, default=35.0)
    parser.add_argument("--one", type=int, help="measure one size in this process")
    given = parser.parse_args()
    if given.one is not None:
        print(json.dumps(grown(given.one)))
        return 0
    told = []
    for records in sorted(given.records):
        command = [sys.executable, "-m", "tests.load.growth", "--one", str(records)]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        told.append(json.loads(done.stdout))
        say(f"{records} records were measured")
    print(json.dumps({"sizes": told, "national": national(told[-1], given.served_ms)}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
