"""Six short conversations with what each reply has to hold, the same through every channel."""

from __future__ import annotations

Turn = tuple[str, str]
"""What is said, and what the reply has to hold, in small letters."""
SPOKEN: dict[str, list[Turn]] = {
    "why and how to reach": [
        ("hvem kan hjelpe med tidlig oppdagelse av sepsis?", "helse nord-trøndelag"),
        ("hvorfor partner 1", "sepsis"),
        ("hvem ringer jeg der", "megler"),
    ],
    "facts": [
        ("kven kan hjelpe med frafall i vidaregåande?", "partn"),
        ("vi er frå Levanger kommune", "levanger kommune"),
        ("når er fristen", "frist"),
    ],
    "words": [("eldre som er ensomme, hvem kan hjelpe?", "partn"), ("hva betyr TRL?", "1 til 9")],
    "narrowing and back": [
        ("who can help with welfare technology at home?", "partner"),
        ("only universities", "universit"),
        ("back", "one step back"),
    ],
    "what is not understood": [("hvem kan noe om overvann?", "partn"), ("den greia", "mente du")],
    "courtesy": [("droner i landbruket, hvem forsker på det?", "partn"), ("tusen takk!", "hyggelig")],
}
