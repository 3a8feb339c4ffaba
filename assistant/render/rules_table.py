"""Which rules are modelled for which scheme, as a page of the documentation.

Invariant: the page is made from the records alone, and a test holds the committed page to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from corpus.criteria import Criterion, CriterionKind
from corpus.records import Call, FundingInstrument
from corpus.text import Language
from index.storage.passages import reference

_SHORT = {
    CriterionKind.APPLICANT_TYPE: "applicant", CriterionKind.APPLICANT_PLACE: "place",
    CriterionKind.REQUIRED_PARTY: "parties", CriterionKind.PUBLIC_FUNDING_SHARE: "public money",
    CriterionKind.FUNDING_RATE: "rate", CriterionKind.OWN_CONTRIBUTION: "own share",
    CriterionKind.COST_SHARE: "cost shares", CriterionKind.STAGE: "stage", CriterionKind.MATURITY: "maturity",
    CriterionKind.CANDIDATE: "candidate", CriterionKind.TOPIC: "topic", CriterionKind.PERIOD: "dates",
    CriterionKind.EXCLUDED_PURPOSE: "excluded", CriterionKind.DIALOGUE_FIRST: "talk first",
}  # fmt: skip
_INTRODUCTION = """# Rules of funding schemes

Made by `mellomrom corpus rules`; do not edit. A number tells how many rules of a kind are modelled for a scheme, over
its calls; an empty cell that no source at hand gave such a rule, so that none is checked. Rules and dates change: the
call itself always decides.
"""


def rules_page(schemes: Iterable[FundingInstrument]) -> str:
    """Return the page: a table of schemes and kinds of rules, then every rule with its source."""
    ordered = sorted(schemes, key=lambda scheme: scheme.id)
    lines = [_INTRODUCTION, f"| scheme | {' | '.join(_SHORT.values())} |", f"|--{'|--' * len(_SHORT)}|"]
    for scheme in ordered:
        counted = Counter(rule.kind for rule, _ in rules_of(scheme))
        cells = [str(counted[kind]) if counted[kind] else "" for kind in _SHORT]
        lines.append(f"| {_name(scheme)} | {' | '.join(cells)} |")
    for scheme in ordered:
        lines += ["", f"## {_name(scheme)}", "", f"`{scheme.id}`", ""]
        rows = [_row(rule, call) for rule, call in rules_of(scheme)]
        if rows:
            lines += ["| kind | rule | call | holds | source |", "|--|--|--|--|--|", *rows]
        else:
            lines.append("No rule that a machine can check was found in the sources at hand.")
    return "\n".join([*lines, ""])


def rules_of(scheme: FundingInstrument) -> list[tuple[Criterion, Call | None]]:
    """Return a scheme's own rules, then those of its calls."""
    return [(rule, None) for rule in scheme.criteria] + [
        (rule, call) for call in scheme.calls for rule in call.criteria
    ]


def _row(rule: Criterion, call: Call | None) -> str:
    title = call.title.best(Language.EN).text if call else "all"
    period = " – ".join([rule.valid_from or "", rule.valid_to or ""]) if rule.valid_from or rule.valid_to else ""
    cells = (_SHORT[rule.kind], rule.text.best(Language.EN).text, title, period.strip(), reference(rule.source))
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _name(scheme: FundingInstrument) -> str:
    return _cell(scheme.name.best(Language.EN).text)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
