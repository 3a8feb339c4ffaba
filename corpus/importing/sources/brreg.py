"""The Central Coordinating Register for Legal Entities: one body, a search reply or a list in JSON, or the csv of all.

Invariant: nobody's own address or number is taken, nor a body that is one person. Names of columns and fields are
read by name, since both sets have grown; a code of trade is read with its dot and without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import Outcome, RejectedRow, RowRejection
from corpus.importing.sources.shared import body, checked_orgnr, described, source, type_of
from corpus.importing.tables import open_table
from corpus.importing.values import clean_text, function_mail, landline, official_name, place_of, shortened, url_of
from corpus.records import ActorType

_FORMS: dict[str, ActorType] = {
    "KOMM": ActorType.MUNICIPALITY,
    "FYLK": ActorType.COUNTY_MUNICIPALITY,
    "ORGL": ActorType.STATE_BODY,
    "STAT": ActorType.STATE_BODY,
    "SF": ActorType.STATE_BODY,
    "KF": ActorType.COMPANY,
    "FKF": ActorType.COMPANY,
    "IKS": ActorType.INTER_MUNICIPAL_BODY,
    "STI": ActorType.FOUNDATION,
    "FLI": ActorType.ASSOCIATION,
}
_PUBLIC = frozenset({"KOMM", "FYLK", "ORGL", "STAT", "SF", "KF", "FKF", "IKS", "STI"})
"""Forms that are taken from the list of all; what somebody searched for is taken whatever its form."""
_CLOSED = ("konkurs", "underAvvikling", "underTvangsavviklingEllerTvangsopplosning", "slettedato")
_PAGE = "https://data.brreg.no/enhetsregisteret/api/enheter/"


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the bodies of either form."""
    if file.is_json():
        for number, entity in enumerate(_entities(file), start=1):
            yield _body(number, entity, file)
        return
    table = open_table(file.path)
    if "organisasjonsnummer" not in table.columns or "navn" not in table.columns:
        raise ImportFileError(
            f"{file.name}: expected the columns organisasjonsnummer and navn, got {table.columns[:8]}."
        )
    for number, cells in table.rows():
        entity = _nested(cells)
        form = _form(entity)
        if form not in _PUBLIC and form != "ENK":
            yield RejectedRow(number, RowRejection.NOT_ASKED_FOR, form)
        else:
            yield _body(number, entity, file)


def _entities(file: SourceFile) -> list[dict[str, Any]]:
    data = file.json()
    if isinstance(data, dict) and "_embedded" in data:
        data = data["_embedded"].get("enheter") or data["_embedded"].get("underenheter") or []
    data = data if isinstance(data, list) else [data]
    if not all(isinstance(one, dict) and "organisasjonsnummer" in one for one in data):
        raise ImportFileError(
            f"{file.name}: expected bodies with organisasjonsnummer, or a reply with _embedded.enheter."
        )
    return data


def _nested(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with dotted names as the JSON of the same body has it."""
    made: dict[str, Any] = {}
    for name, value in cells.items():
        if value == "":
            continue
        holder = made
        *outer, last = name.split(".")
        for part in outer:
            inner = holder.setdefault(part, {})
            holder = inner if isinstance(inner, dict) else {}
        holder[last] = {"true": True, "false": False, "J": True, "N": False}.get(value, value)
    return made


def _form(entity: Mapping[str, Any]) -> str:
    form = entity.get("organisasjonsform")
    return str(form.get("kode") or "") if isinstance(form, Mapping) else str(form or "")


def _body(number: int, entity: Mapping[str, Any], file: SourceFile) -> Outcome:
    name, form = clean_text(str(entity.get("navn") or "")), _form(entity)
    orgnr, _ = checked_orgnr(str(entity.get("organisasjonsnummer") or ""))
    if form in {"ENK", "PERS"}:
        # Not even the name is kept: it is that of a person.
        return RejectedRow(number, RowRejection.SOLE_PROPRIETOR)
    if any(entity.get(field) for field in _CLOSED):
        return RejectedRow(number, RowRejection.CLOSED_DOWN, "", {"name": name})
    if orgnr is None:
        return RejectedRow(number, RowRejection.BAD_ORGNR, str(entity.get("organisasjonsnummer")), {"name": name})
    if not name:
        return RejectedRow(number, RowRejection.NO_NAME)
    read_in = source(f"{_PAGE}{orgnr}", "Enhetsregisteret", file.as_of)
    address = entity.get("forretningsadresse") or entity.get("postadresse") or {}
    place = place_of(address.get("kommunenummer"), address.get("kommune"))
    trade = entity.get("naeringskode1") or {}
    actor_type = _type(name, form, str(trade.get("kode") or ""))
    purpose = _joined(entity.get("vedtektsfestetFormaal")) or _joined(entity.get("aktivitet"))
    contact = {
        "role": {"nb": "Virksomhetens adresse", "nn": "Adressa til verksemda", "en": "The organisation's address"},
        "email": function_mail(entity.get("epostadresse")),
        "phone": landline(entity.get("telefon")),
        "source": read_in,
    }
    more = {
        "actor_type": actor_type,
        "place": place,
        "url": url_of(entity.get("hjemmeside")),
        "summary": described(actor_type, place, clean_text(trade.get("beskrivelse"))),
        "expertise": [{"text": {"nb": shortened(purpose)}, "source": read_in}] if purpose and form != "KOMM" else [],
        "contacts": [contact] if contact["email"] or contact["phone"] else [],
    }
    return body(number, official_name(name), orgnr, more, [read_in])


def _joined(lines: object) -> str:
    """Return a text that the register gives in broken lines."""
    if isinstance(lines, list):
        return clean_text(" ".join(str(line) for line in lines))
    return clean_text(str(lines)) if lines else ""


def _type(name: str, form: str, trade: str) -> ActorType:
    digits = trade.replace(".", "")
    if form in {"KOMM", "FYLK", "IKS"}:
        return _FORMS[form]
    by_name = type_of(name, "", ActorType.COMPANY)
    if by_name not in {ActorType.COMPANY, ActorType.MUNICIPALITY}:
        return by_name
    if name.split()[-1:] in (["HF"], ["RHF"]):
        return ActorType.HEALTH_TRUST
    if digits.startswith("72"):
        return ActorType.RESEARCH_INSTITUTE
    if digits.startswith("854"):
        return ActorType.UNIVERSITY
    return _FORMS.get(form, ActorType.COMPANY)
