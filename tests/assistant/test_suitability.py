"""What a scheme has in common with a need by a broad theme alone does not put it before what is general."""

from __future__ import annotations

from datetime import date

from assistant.funding.calendar import Calendar
from assistant.funding.suitability import SchemeNeed, TopicFit, fit_of
from assistant.funding.verdicts import Verdict
from tests.records import instrument

NEED = SchemeNeed({"samfunnssikkerhet-og-beredskap": 0.5, "varslingstjenester": 0.4}, (), Calendar(date(2026, 12, 1)))
BROAD = instrument("broad", "Flomposten", los=("samfunnssikkerhet-og-beredskap",))
NARROW = instrument("narrow", "Varselposten", los=("varslingstjenester",))
ANY = instrument("any", "Alleposten", any_topic=True)
NEAR, FAR = 0.9, 0.1


def test_a_theme_of_the_first_level_is_no_topic_in_common() -> None:
    assert NEED.topic(BROAD)[0] is TopicFit.BROAD
    assert NEED.topic(NARROW)[0] is TopicFit.SAME


def test_what_shares_only_a_broad_theme_comes_after_narrower_and_general_ones_unless_it_is_alike() -> None:
    worths = {one.id: fit_of(one, NEED, FAR).worth(Verdict.MET) for one in (BROAD, NARROW, ANY)}
    assert worths[BROAD.id] < min(worths[NARROW.id], worths[ANY.id])
    assert fit_of(BROAD, NEED, NEAR).worth(Verdict.MET) >= fit_of(ANY, NEED, FAR).worth(Verdict.MET)
