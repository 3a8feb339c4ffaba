"""A consortium as one page: problem, knowledge need and who contributes, parties, scheme, rules and dates.

Invariant: the page says nothing that the consortium does not hold; what nobody has told yet stands as a question to
fill in. One page of sections is made, and every format shows that same page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from assistant.funding.rule_sentences import verdict_sentence, worded
from assistant.funding.schemes import SchemeStatus
from assistant.funding.verdicts import rules_among
from assistant.matching.answers import Partner
from assistant.matching.consortium import Consortium, Helix, PartnerRequirement, ShareGap
from assistant.platform.messages import Messages, messages
from assistant.render.sentences import SIGNS, name_of, reason_sentences
from corpus.text import Frozen, Language
from index.storage.passages import reference

if TYPE_CHECKING:
    from docx.document import Document as Page

_REASONS = 2
"""Reasons told for each proposal."""
_PROPOSALS = 3
"""Proposals told for each seat."""


class SketchSection(Frozen):
    """A heading with what stands under it."""

    heading: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


class Sketch(Frozen):
    """The page."""

    title: str
    sections: tuple[SketchSection, ...]
    footer: str


def sketch_of(consortium: Consortium) -> Sketch:
    """Return a consortium as a page, in its language."""
    catalog = messages(consortium.language)
    text = catalog.text
    scheme = name_of(consortium.scheme, catalog).text
    return Sketch(
        title=text("sketch.title", scheme=scheme),
        sections=(
            SketchSection(heading=text("sketch.problem"), sentences=(f"«{consortium.need}»",)),
            _knowledge(consortium, catalog),
            _parties(consortium, catalog),
            *_open_seats(consortium, catalog),
            _scheme(consortium, scheme, catalog),
            _rules(consortium, catalog),
        ),
        footer=text("sketch.footer", date=catalog.date(consortium.on.isoformat())),
    )


def _knowledge(consortium: Consortium, catalog: Messages) -> SketchSection:
    points = [
        catalog.text("sketch.like", name=name_of(idea, catalog).text, quote=quote.quote, source=quote.source)
        for idea in consortium.ideas
        for quote in idea.evidence[:1]
    ]
    return SketchSection(
        heading=catalog.text("sketch.knowledge"),
        sentences=(catalog.text("sketch.to_fill.knowledge"),),
        points=tuple(points),
    )


def _parties(consortium: Consortium, catalog: Messages) -> SketchSection:
    text = catalog.text
    names = [
        member.name.best(catalog.language).text
        if member.name
        else text("sketch.applicant", kind=text(f"organisation.{member.actor_type}"))
        for member in consortium.members
    ]
    points = [*names, *(_share(share, catalog) for share in consortium.shares)]
    counted = ", ".join(
        f"{text(f'helix.{side}')} {consortium.balance[side]}" for side in Helix if consortium.balance[side]
    )
    lacking = [side for side in (Helix.PUBLIC, Helix.RESEARCH, Helix.BUSINESS) if not consortium.balance[side]]
    sentences = [text("sketch.to_fill.who"), text("sketch.balance", counted=counted)]
    if lacking:
        sentences.append(text("sketch.lacks", sides=catalog.listed(text(f"helix.{side}") for side in lacking)))
    return SketchSection(heading=text("sketch.who"), sentences=tuple(sentences), points=tuple(points))


def _share(share: ShareGap, catalog: Messages) -> str:
    values = {"party": worded(share.party, catalog.language), "percent": _number(share.percent)}
    if share.holds:
        sentence = catalog.text("consortium.share.holds", **values)
    elif share.minimum is not None and share.percent < share.minimum:
        sentence = catalog.text("consortium.share.least", least=_number(share.minimum), **values)
    else:
        sentence = catalog.text("consortium.share.most", most=_number(share.maximum), **values)
    return f"{'✓' if share.holds else '✗'} {sentence[:1].upper()}{sentence[1:]}"


def _number(value: object) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def _open_seats(consortium: Consortium, catalog: Messages) -> Iterable[SketchSection]:
    for seat in consortium.seats:
        if not seat.missing:
            continue
        yield SketchSection(
            heading=missing_sentence(seat, catalog),
            sentences=tuple(_about_seat(seat, catalog)),
            points=tuple(_proposal(proposal, consortium, catalog) for proposal in seat.proposals[:_PROPOSALS]),
        )


def missing_sentence(seat: PartnerRequirement, catalog: Messages) -> str:
    """Return what a seat lacks, in words: "Missing: one more: a municipality"."""
    party = worded(seat.party, catalog.language)
    key = "consortium.missing.more" if seat.filled else "consortium.missing.first"
    return catalog.text(key, count=seat.missing, party=party)


def _about_seat(seat: PartnerRequirement, catalog: Messages) -> Iterable[str]:
    rule = seat.rule.best(catalog.language).text
    yield catalog.text("consortium.rule", rule=rule, source=reference(seat.source))
    if seat.unsure:
        yield catalog.text("consortium.unsure", count=len(seat.unsure))
    if not seat.proposals:
        yield catalog.text("consortium.nobody")


def _proposal(partner: Partner, consortium: Consortium, catalog: Messages) -> str:
    reasons = " ".join(reason_sentences(partner, consortium.names, catalog)[:_REASONS])
    sign = "★ " if partner.id in consortium.chosen else ""
    return f"{sign}{name_of(partner, catalog).text}. {reasons}".strip()


def _scheme(consortium: Consortium, scheme: str, catalog: Messages) -> SketchSection:
    text = catalog.text
    planned = consortium.status is SchemeStatus.PLANNED and consortium.opens_on
    status = text("status.planned", date=catalog.date(consortium.opens_on)) if planned and consortium.opens_on else None
    if status is None:
        status = text(f"status.{consortium.status}")
    sentences = [f"{scheme}. {consortium.scheme_summary.best(catalog.language).text}", status]
    if consortium.deadline:
        sentences.append(text("scheme.deadline", date=catalog.date(consortium.deadline.isoformat())))
    if consortium.highest_rate is not None:
        rest = 100 - consortium.highest_rate
        sentences.append(text("sketch.rate", most=_number(consortium.highest_rate), rest=_number(rest)))
    key = "scheme.as_of" if consortium.as_of else "scheme.check"
    sentences.append(text(key, date=catalog.date(consortium.as_of) if consortium.as_of else ""))
    if consortium.owner:
        sentences.append(text("next.scheme", name=name_of(consortium.owner, catalog).text))
    return SketchSection(heading=text("sketch.scheme"), sentences=tuple(sentences))


def _rules(consortium: Consortium, catalog: Messages) -> SketchSection:
    points = [
        f"{SIGNS[judgement.verdict]} {verdict_sentence(judgement, catalog.language)} ({reference(judgement.source)})"
        for judgement in rules_among(consortium.judgements)
    ]
    heading = catalog.text("sketch.rules")
    return SketchSection(heading=heading, points=tuple(points) or (catalog.text("sketch.no_rules"),))


def as_text(sketch: Sketch) -> str:
    """Return the page as plain text."""
    lines = [sketch.title, ""]
    for section in sketch.sections:
        lines += [
            section.heading,
            *(f"  {sentence}" for sentence in section.sentences),
            *(f"  - {point}" for point in section.points),
        ]
        lines.append("")
    return "\n".join([*lines, sketch.footer])


def as_markdown(sketch: Sketch) -> str:
    """Return the page as Markdown; what records and people wrote is never read as markup."""
    lines = [f"# {_escaped(sketch.title)}", ""]
    for section in sketch.sections:
        lines += [f"## {_escaped(section.heading)}", ""]
        lines += [part for sentence in section.sentences for part in (_escaped(sentence), "")]
        lines += [f"- {_escaped(point)}" for point in section.points]
        lines += [""] if section.points else []
    return "\n".join([*lines, f"*{_escaped(sketch.footer)}*", ""])


def _escaped(text: str) -> str:
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", flat)


def as_pdf(sketch: Sketch, language: Language) -> bytes:
    """Return the page as a PDF."""
    from assistant.render.paper import Block, Heading, Paper, Paragraph, Points
    from assistant.render.pdf import pdf_bytes

    blocks: list[Block] = []
    for section in sketch.sections:
        blocks.append(Heading(section.heading))
        blocks += [Paragraph(sentence) for sentence in section.sentences]
        blocks += [Points(section.points)] if section.points else []
    return pdf_bytes(Paper(sketch.title, language, tuple(blocks), sketch.footer))


def as_docx(sketch: Sketch) -> bytes:
    """Return the page as a Word document."""
    from docx import Document
    from docx.shared import Cm, Pt

    document: Page = Document()
    for part in document.sections:
        part.left_margin = part.right_margin = Cm(2)
        part.top_margin = part.bottom_margin = Cm(1.5)
    style: Any = document.styles["Normal"]
    style.font.size = Pt(9.5)
    style.paragraph_format.space_after = Pt(2)
    document.add_heading(_printable(sketch.title), level=1)
    for section in sketch.sections:
        document.add_heading(_printable(section.heading), level=2)
        for sentence in section.sentences:
            document.add_paragraph(_printable(sentence))
        for point in section.points:
            document.add_paragraph(_printable(point), style="List Bullet")
    document.add_paragraph(_printable(sketch.footer))
    document.core_properties.title = _printable(sketch.title)[:255]
    document.core_properties.author = "Mellomrom"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _printable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(char for char in text if char.isprintable() or char in "\n\t")
