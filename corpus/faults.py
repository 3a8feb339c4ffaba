"""What can be wrong with a value, by code, with a sentence for each: what was expected, and how to mend it.

Invariant: whatever pydantic finds wrong becomes one of these, so that nobody reads pydantic's own words. The sentences
here are English, for files and the command line; pages have theirs in the reader's language under ``fault.<code>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails, PydanticCustomError

_SHOWN = 80
"""Characters of a value that are shown."""
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing: write it",
        "unknown_field": "there is no such field here: take it away, or see how its name is spelt",
        "language_key": "{got} is no language here: write nb for bokmål, nn for nynorsk or en for English",
        "text": "got {got}, expected text: put it in quotes",
        "text_short": "got {got}, expected at least {least} characters",
        "text_long": "got {length} characters, expected at most {most}: shorten it",
        "text_words": "got {count} words, expected at most {most}: shorten it",
        "word_long": "got the word {got}… of {length} letters, expected at most {most}: part it, or see that it is one",
        "text_hidden": "got a character that is not seen ({got}) and could hide or reorder what is read: take it out",
        "record_long": "the record has {length} characters in all, expected at most {most}: shorten it",
        "items_many": "got {count}, expected at most {most}: take some away",
        "items_few": "got {count}, expected at least {least}: add what is missing",
        "choice": "got {got}, expected one of {options}",
        "id": "got {got}, expected an id such as {example}: small letters, digits and hyphens after the colon",
        "shape": "got {got}, which has not the form that is expected here",
        "municipality": "got {got}, expected the four digits of a municipality, in quotes, such as '0301' or '5038'",
        "county": "got {got}, expected the two digits of a county, in quotes, such as '03' or '50'",
        "country": "got {got}, expected two capital letters such as NO or SE, in quotes",
        "web_address": "got {got}, expected an address that begins with https://",
        "email": "got {got}, expected an e-mail address such as post@kommune.example",
        "phone": "got {got}, expected digits and spaces, such as '+47 74 00 00 00'",
        "orgnr": "got {got}, expected nine digits, in quotes, whose last one is the check digit (modulus 11)",
        "whole_number": "got {got}, expected a whole number",
        "number": "got {got}, expected a number such as 25000000 or 12.5",
        "at_least": "got {got}, expected {limit} or more",
        "at_most": "got {got}, expected {limit} or less",
        "above": "got {got}, expected more than {limit}",
        "below": "got {got}, expected less than {limit}",
        "date": "got {got}, expected a day that exists, such as 2026-05-24",
        "partial_date": "got {got}, expected a year, year-month or date such as 2017, 2017-05 or 2017-05-24",
        "yes_no": "got {got}, expected true or false",
        "list": "expected a list, each of its items beginning with a hyphen",
        "fields": "expected fields, each a name with a colon and a value",
        "rule_kind": "got {got}, expected a kind of rule: one of {options}",
        "no_text": "a text needs at least one of nb, nn and en",
        "los": "got {got}, expected a theme of Los, such as folkehelse or grunnskole",
        "amount_empty": "an amount needs a minimum, a maximum or both",
        "round_years": "a round that was seen to come back needs the two years or more in which it was seen",
        "no_such_day": "there is no day {day} in month {month}",
        "ended_undated": "an ended scheme needs ended_on or a successor",
        "grant_unnamed": "a grant names the scheme: give instrument, or name where the base does not hold it",
        "ends_first": "would end ({end}) before it began ({begin})",
        "rule_empty": "the rule demands nothing: give at least one of the fields of its kind",
        "rule_twice": "a kind of applicant is allowed, excluded or unsure, and only one of them",
        "rule_candidate": "a rule of candidates demands exactly one thing, so that one fact settles it",
        "rule_dates": "a rule of dates is about one thing: when it is open, when to start, or how long it lasts",
        "id_twice": "{got} is used more than once: give one of them another",
        "own_reference": "a record cannot refer to itself",
        "no_record": "no record has the id {got}: see how it is spelt, or add that record too",
        "no_language": "the text is missing in this language",
        "source_vague": "got {got}, expected a section (seed §3.2.4) or lines (l.369-383) of the seed",
        "deadline_early": "the deadline {got} is before the call opens ({begin})",
        "deadline_year": "the deadline {got} does not belong to a call of {year}",
        "succession_circle": "the chain of successors comes back to where it began",
        "label_taken": "{got} is already the preferred label of {owner}",
        "no_address": "got {got}, expected a source that can be found again: an address that begins with https://, or "
        "a place in the seed. Look it up, or mark what nobody has read as assumed",
        "too_sure": "it is told as verified, while all its sources are second-hand: say secondary, or add a page by "
        "those who did it",
        "in_future": "got {got}, expected a day that has been: see that the year is right",
        "unlikely_date": "got {got}, which is years off: see that the year is right",
        "reach_too_narrow": "reaches the whole country or more ({got}), yet names counties or municipalities: choose",
        "reach_nowhere": "reaches a part of the country ({got}): say which counties or municipalities",
        "no_such_county": "got {got}, which is no county of today",
        "no_such_municipality": "got {got}, which is no municipality of today",
        "no_successor": "it has ended: say what took over, or set no_successor where nothing did",
        "successor_after_all": "something took over, so no_successor cannot be set",
        "only_an_idea": "was given money, worked on or begun, yet is said to be an idea: say that it runs, or how it "
        "ended",
        "ended_running": "ended {got}, yet is said to run: mend the one or the other",
        "round_elsewhere": "the round of month {month} is said to be seen in {year}; its calls closed in other months",
        "round_unseen": "the round is said to be seen in {year}, yet no call of that year is known: add it, or take "
        "the year away",
        "same_thing": "{got} is that of {other} too: merge the two on the desk, or mend the one that is wrong",
        "unreadable": "cannot be read as YAML at line {line}, column {column}: {why}. Mend that line and try again",
        "unreadable_whole": "cannot be read as YAML: {why}. Mend it and try again",
        "json": "cannot be read as JSON: see that brackets, commas and quotes are whole",
        "taken": "somebody else was faster: there is such a record already. Look at it, or give another id",
        "version": "there is no version {got} in the history of the record",
        "person_time": "the last day has to come after {begin}, when they were told, and no later than {end}",
        "unusable": "got {got}, which cannot be used here",
    }
)
_PATTERNS: Mapping[str, str] = {
    r"^\d{4}$": "municipality",
    r"^[0-9]{4}$": "municipality",
    r"^\d{2}$": "county",
    r"^[A-Z]{2}$": "country",
    r"^https?://[^\s]+$": "web_address",
    r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$": "email",
    r"^\+?[0-9 ]{3,20}$": "phone",
}
_BOUNDS = {"greater_than_equal": ("at_least", "ge"), "less_than_equal": ("at_most", "le"),
           "greater_than": ("above", "gt"), "less_than": ("below", "lt")}  # fmt: skip
_CODES: tuple[tuple[str, str], ...] = (
    (r"missing", "missing"),
    (r"json_.*", "json"),
    (r"extra_forbidden|unexpected_.*", "unknown_field"),
    (r"string_type|string_unicode|bytes_.*", "text"),
    (r"int_.*", "whole_number"),
    (r"float_.*|decimal_.*|finite_number|fraction_.*|complex_.*|multiple_of", "number"),
    (r"date_.*|datetime_.*|time_.*|timezone_.*", "date"),
    (r"bool_.*", "yes_no"),
    (r"list_type|tuple_type|set_type|iterable_type|frozen_set_type|deque_type", "list"),
    (r"model_.*|dict_type|mapping_type|dataclass_.*|arguments_type", "fields"),
    (r"url_.*", "web_address"),
    (r"union_tag_not_found", "missing"),
)


class Fault(NamedTuple):
    """Something wrong with a value."""

    code: str
    values: Mapping[str, str] = MappingProxyType({})

    def __str__(self) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: self.values.get(name[1], name[0]), SENTENCES[self.code])


def fault(code: str, **values: object) -> PydanticCustomError:
    """Return what a validator raises where something is wrong."""
    told = {name: display_value(value) if name == "got" else str(value) for name, value in values.items()}
    return PydanticCustomError(code, SENTENCES[code], told)


def display_value(value: object) -> str:
    """Return a value as it is shown to who gave it: short, on one line, without what is not seen."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)[: _SHOWN + 1])
    return f"«{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}»"


def fault_of(item: ErrorDetails) -> Fault:
    """Return what pydantic found wrong."""
    kind, given, context = item["type"], item["input"], item.get("ctx", {})
    got = "a list or fields" if isinstance(given, dict | list | tuple) else display_value(given)
    if kind in SENTENCES and kind != "missing":
        return Fault(kind, {name: str(value) for name, value in context.items()})
    if kind in _BOUNDS:
        code, name = _BOUNDS[kind]
        return Fault(code, {"got": got, "limit": str(context[name])})
    match kind:
        case "string_too_short":
            return Fault("text_short", {"got": got, "least": str(context["min_length"])})
        case "string_too_long":
            return Fault("text_long", {"length": str(len(str(given))), "most": str(context["max_length"])})
        case "too_short":
            return Fault("items_few", {"count": str(context["actual_length"]), "least": str(context["min_length"])})
        case "too_long":
            return Fault("items_many", {"count": str(context["actual_length"]), "most": str(context["max_length"])})
        case "string_pattern_mismatch":
            return _misshapen(str(context["pattern"]), got)
        case "enum" | "literal_error":
            return Fault("choice", {"got": got, "options": _options(context)})
        case "union_tag_invalid":
            return Fault("rule_kind", {"got": display_value(context["tag"]), "options": str(context["expected_tags"])})
        case "extra_forbidden" if str(item["loc"][-1]) in {"no", "nob", "nno", "False"}:
            return Fault("language_key", {"got": display_value(item["loc"][-1])})
        case "string_type" if given is None:
            return Fault("missing")
    code = next((code for pattern, code in _CODES if re.fullmatch(pattern, kind)), "unusable")
    return Fault(code, {"got": got})


def _misshapen(pattern: str, got: str) -> Fault:
    if found := re.match(r"\^(\w+):", pattern):
        return Fault("id", {"got": got, "example": f"{found[1]}:some-name"})
    return Fault(_PATTERNS.get(pattern, "shape"), {"got": got})


def _options(context: Mapping[str, Any]) -> str:
    return str(context["expected"]).replace("'", "").replace(" or ", ", ")
