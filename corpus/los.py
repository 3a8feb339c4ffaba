"""The themes of Los, the shared vocabulary of Norwegian public services: what a need or a record is about.

Invariant: two levels; every narrower theme has one broader theme that is of the first level; each has a name in
three languages. Slugs are those of the published addresses (``https://psi.norge.no/los/tema/<slug>``), read in the
version of 2023-03-01. Where Los gives a name that is plainly of another theme, ours is used.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from corpus.faults import fault
from corpus.text import LangText

LOS_ADDRESS = "https://psi.norge.no/los/tema/"
"""What the address of every theme begins with; its slug follows."""


class LosTheme(NamedTuple):
    """A theme of public services."""

    slug: str
    """The last part of its address, such as ``folkehelse``."""
    broader: str | None
    """The slug of the theme of the first level that it belongs to; None for one of that level."""
    name: LangText
    """What it is called."""


_THEMES = (
    LosTheme("arbeid", None, LangText(nb="Arbeid", nn="Arbeid", en="Work")),
    LosTheme("arbeidsliv", "arbeid", LangText(nb="Arbeidsliv", nn="Arbeidsliv", en="Employment")),
    LosTheme("arbeidssoking", "arbeid", LangText(nb="Arbeidssøking", nn="Arbeidssøking", en="Seeking employment")),
    LosTheme("inntekt", "arbeid", LangText(nb="Inntekt", nn="Inntekt", en="Income")),
    LosTheme("inntektssikring", "arbeid", LangText(nb="Inntektssikring", nn="Inntektssikring", en="Income security")),
    LosTheme(
        "permisjonsordninger",
        "arbeid",
        LangText(nb="Permisjonsordninger", nn="Permisjonsordningar", en="Leave of absence schemes"),
    ),
    LosTheme("bygg-og-eiendom", None, LangText(nb="Bygg og eiendom", nn="Bygg og eigedom", en="Building and property")),
    LosTheme("bygging", "bygg-og-eiendom", LangText(nb="Bygging", nn="Bygging", en="Construction")),
    LosTheme("eiendom", "bygg-og-eiendom", LangText(nb="Eiendom", nn="Eigedom", en="Property")),
    LosTheme("flytting", "bygg-og-eiendom", LangText(nb="Flytting", nn="Flytting", en="Moving home")),
    LosTheme("kjop-og-salg", "bygg-og-eiendom", LangText(nb="Kjøp og salg", nn="Kjøp og sal", en="Buying and selling")),
    LosTheme(
        "leie-og-utleie",
        "bygg-og-eiendom",
        LangText(nb="Leie og utleie", nn="Leige og utleige", en="Renting and leasing"),
    ),
    LosTheme("planer", "bygg-og-eiendom", LangText(nb="Planer", nn="Planar", en="Plans")),
    LosTheme(
        "priser-og-gebyr-for-bygg-og-eiendom",
        "bygg-og-eiendom",
        LangText(
            nb="Priser og gebyr for bygg og eiendom",
            nn="Prisar og gebyr for bygg og eigedom",
            en="Prices and fees for construction and property",
        ),
    ),
    LosTheme(
        "demokrati-og-innbyggerrettigheter",
        None,
        LangText(
            nb="Demokrati og innbyggerrettigheter",
            nn="Demokrati og innbyggjarrettar",
            en="Democracy and citizen rights",
        ),
    ),
    LosTheme("apenhet", "demokrati-og-innbyggerrettigheter", LangText(nb="Åpenhet", nn="Openheit", en="Transparency")),
    LosTheme(
        "innbyggerrettigheter",
        "demokrati-og-innbyggerrettigheter",
        LangText(nb="Innbyggerrettigheter", nn="Innbyggjarrettar", en="Citizens' rights"),
    ),
    LosTheme(
        "medvirkning",
        "demokrati-og-innbyggerrettigheter",
        LangText(nb="Medvirkning", nn="Medverknad", en="Involvement"),
    ),
    LosTheme(
        "personopplysninger",
        "demokrati-og-innbyggerrettigheter",
        LangText(nb="Personopplysninger", nn="Personopplysningar", en="Personal information"),
    ),
    LosTheme(
        "politikk-og-valg",
        "demokrati-og-innbyggerrettigheter",
        LangText(nb="Politikk og valg", nn="Politikk og val", en="Politics and elections"),
    ),
    LosTheme("familie-og-barn", None, LangText(nb="Familie og barn", nn="Familie og barn", en="Family and children")),
    LosTheme("barnehage", "familie-og-barn", LangText(nb="Barnehage", nn="Barnehage", en="Kindergartens")),
    LosTheme(
        "barnevern-og-foreldrestotte",
        "familie-og-barn",
        LangText(nb="Barnevern og foreldrestøtte", nn="Barnevern og foreldrestøtte", en="Child and family welfare"),
    ),
    LosTheme(
        "dodsfall-og-gravferd",
        "familie-og-barn",
        LangText(nb="Dødsfall og gravferd", nn="Dødsfall og gravferd", en="Death and funerals"),
    ),
    LosTheme("ekteskap", "familie-og-barn", LangText(nb="Ekteskap", nn="Ekteskap", en="Marriage")),
    LosTheme(
        "familieytelser", "familie-og-barn", LangText(nb="Familieytelser", nn="Familieytingar", en="Family benefits")
    ),
    LosTheme(
        "foreldre-og-foresatte",
        "familie-og-barn",
        LangText(nb="Foreldre og foresatte", nn="Foreldre og føresette", en="Parents and guardians"),
    ),
    LosTheme("samliv", "familie-og-barn", LangText(nb="Samliv", nn="Samliv", en="Living together")),
    LosTheme("helse-og-omsorg", None, LangText(nb="Helse og omsorg", nn="Helse og omsorg", en="Health and care")),
    LosTheme("akutt-hjelp", "helse-og-omsorg", LangText(nb="Akutt hjelp", nn="Akutt hjelp", en="Emergency help")),
    LosTheme(
        "avlastning-og-stotte",
        "helse-og-omsorg",
        LangText(nb="Avlastning og støtte", nn="Avlasting og støtte", en="Care relief and support"),
    ),
    LosTheme("folkehelse", "helse-og-omsorg", LangText(nb="Folkehelse", nn="Folkehelse", en="Public health")),
    LosTheme(
        "helsetjenester", "helse-og-omsorg", LangText(nb="Helsetjenester", nn="Helsetenester", en="Health services")
    ),
    LosTheme("hjelpemidler", "helse-og-omsorg", LangText(nb="Hjelpemidler", nn="Hjelpemiddel", en="Disability aids")),
    LosTheme(
        "omsorgstjenester", "helse-og-omsorg", LangText(nb="Omsorgstjenester", nn="Omsorgstenester", en="Care services")
    ),
    LosTheme(
        "pasientrettigheter",
        "helse-og-omsorg",
        LangText(nb="Pasientrettigheter", nn="Pasientrettar", en="Patient rights"),
    ),
    LosTheme(
        "rus-og-avhengighet",
        "helse-og-omsorg",
        LangText(nb="Rus og avhengighet", nn="Rus og avhengigheit", en="Addiction"),
    ),
    LosTheme("svangerskap", "helse-og-omsorg", LangText(nb="Svangerskap", nn="Svangerskap", en="Pregnancy")),
    LosTheme(
        "kultur-idrett-og-fritid",
        None,
        LangText(nb="Kultur, idrett og fritid", nn="Kultur, idrett og fritid", en="Culture, sport and recreation"),
    ),
    LosTheme("bibliotek", "kultur-idrett-og-fritid", LangText(nb="Bibliotek", nn="Bibliotek", en="Libraries")),
    LosTheme("friluftsliv", "kultur-idrett-og-fritid", LangText(nb="Friluftsliv", nn="Friluftsliv", en="Outdoor life")),
    LosTheme("fritid", "kultur-idrett-og-fritid", LangText(nb="Fritid", nn="Fritid", en="Leisure time")),
    LosTheme("idrett", "kultur-idrett-og-fritid", LangText(nb="Idrett", nn="Idrett", en="Sport")),
    LosTheme("kultur", "kultur-idrett-og-fritid", LangText(nb="Kultur", nn="Kultur", en="Culture")),
    LosTheme(
        "lotteri-og-pengespill",
        "kultur-idrett-og-fritid",
        LangText(nb="Lotteri og pengespill", nn="Lotteri og pengespel", en="Lotteries and gambling"),
    ),
    LosTheme(
        "tilskudd-til-kultur-idrett-og-fritid",
        "kultur-idrett-og-fritid",
        LangText(
            nb="Tilskudd til kultur, idrett og fritid",
            nn="Tilskot til kultur, idrett og fritid",
            en="Funding for culture, sport and recreation",
        ),
    ),
    LosTheme(
        "utlan-og-leie",
        "kultur-idrett-og-fritid",
        LangText(nb="Utlån og leie", nn="Utlån og leige", en="Loans and rentals"),
    ),
    LosTheme("lov-og-rett", None, LangText(nb="Lov og rett", nn="Lov og rett", en="Legal matters")),
    LosTheme(
        "erstatningsordninger",
        "lov-og-rett",
        LangText(nb="Erstatningsordninger", nn="Erstatningsordningar", en="Compensation schemes"),
    ),
    LosTheme(
        "lovbrudd-og-straff",
        "lov-og-rett",
        LangText(nb="Lovbrudd og straff", nn="Lovbrot og straff", en="Crime and punishment"),
    ),
    LosTheme("rettsvesen", "lov-og-rett", LangText(nb="Rettsvesen", nn="Rettsstell", en="Legal system")),
    LosTheme("naring", None, LangText(nb="Næring", nn="Næring", en="Business")),
    LosTheme(
        "handel-og-service", "naring", LangText(nb="Handel og service", nn="Handel og service", en="Trade and service")
    ),
    LosTheme("landbruk", "naring", LangText(nb="Landbruk", nn="Landbruk", en="Agriculture")),
    LosTheme("naringsliv", "naring", LangText(nb="Næringsliv", nn="Næringsliv", en="Business sector")),
    LosTheme(
        "naringsutvikling", "naring", LangText(nb="Næringsutvikling", nn="Næringsutvikling", en="Business development")
    ),
    LosTheme(
        "tilskuddsordninger-for-naring",
        "naring",
        LangText(
            nb="Tilskuddsordninger for næring",
            nn="Tilskotsordningar for næring",
            en="Public funding schemes for business",
        ),
    ),
    LosTheme(
        "natur-klima-og-miljo",
        None,
        LangText(nb="Natur, klima og miljø", nn="Natur, klima og miljø", en="Nature, climate and environment"),
    ),
    LosTheme(
        "avfallshandtering",
        "natur-klima-og-miljo",
        LangText(nb="Avfallshåndtering", nn="Avfallshandtering", en="Waste management"),
    ),
    LosTheme("energi", "natur-klima-og-miljo", LangText(nb="Energi", nn="Energi", en="Energy")),
    LosTheme(
        "forurensning-og-straling",
        "natur-klima-og-miljo",
        LangText(nb="Forurensning og stråling", nn="Forureining og stråling", en="Pollution and radiation"),
    ),
    LosTheme(
        "miljotilskudd",
        "natur-klima-og-miljo",
        LangText(nb="Miljøtilskudd", nn="Miljøtilskot", en="Public funding schemes for environment"),
    ),
    LosTheme(
        "naturforvaltning",
        "natur-klima-og-miljo",
        LangText(nb="Naturforvaltning", nn="Naturforvaltning", en="Nature management"),
    ),
    LosTheme(
        "var-og-klima", "natur-klima-og-miljo", LangText(nb="Vær og klima", nn="Vêr og klima", en="Weather and climate")
    ),
    LosTheme(
        "samfunnssikkerhet-og-beredskap",
        None,
        LangText(
            nb="Samfunnssikkerhet og beredskap",
            nn="Samfunnstryggleik og beredskap",
            en="Civil protection and emergency planning",
        ),
    ),
    LosTheme("brann", "samfunnssikkerhet-og-beredskap", LangText(nb="Brann", nn="Brann", en="Fire")),
    LosTheme("forsvaret", "samfunnssikkerhet-og-beredskap", LangText(nb="Forsvaret", nn="Forsvaret", en="The defense")),
    LosTheme(
        "varslingstjenester",
        "samfunnssikkerhet-og-beredskap",
        LangText(nb="Varslingstjenester", nn="Varslingstenester", en="Alert services"),
    ),
    LosTheme("skatt-og-avgift", None, LangText(nb="Skatt og avgift", nn="Skatt og avgift", en="Taxes and duties")),
    LosTheme("avgift", "skatt-og-avgift", LangText(nb="Avgift", nn="Avgift", en="Duties")),
    LosTheme("skatt", "skatt-og-avgift", LangText(nb="Skatt", nn="Skatt", en="Taxes")),
    LosTheme(
        "skole-og-utdanning",
        None,
        LangText(nb="Skole og utdanning", nn="Skule og utdanning", en="Schools and education"),
    ),
    LosTheme("grunnskole", "skole-og-utdanning", LangText(nb="Grunnskole", nn="Grunnskule", en="Compulsory education")),
    LosTheme(
        "hoyere-utdanning",
        "skole-og-utdanning",
        LangText(nb="Høyere utdanning", nn="Høgare utdanning", en="Higher education"),
    ),
    LosTheme("skolehverdag", "skole-og-utdanning", LangText(nb="Skolehverdag", nn="Skulekvardag", en="School life")),
    LosTheme("skolemiljo", "skole-og-utdanning", LangText(nb="Skolemiljø", nn="Skulemiljø", en="School environment")),
    LosTheme(
        "studiefinansiering",
        "skole-og-utdanning",
        LangText(nb="Studiefinansiering", nn="Studiefinansiering", en="Student finances"),
    ),
    LosTheme(
        "videregaende-skole",
        "skole-og-utdanning",
        LangText(nb="Videregående skole", nn="Vidaregåande skule", en="Upper secondary school"),
    ),
    LosTheme(
        "voksenopplaring",
        "skole-og-utdanning",
        LangText(nb="Voksenopplæring", nn="Vaksenopplæring", en="Adult education"),
    ),
    LosTheme("sosiale-tjenester", None, LangText(nb="Sosiale tjenester", nn="Sosiale tenester", en="Social services")),
    LosTheme("botilbud", "sosiale-tjenester", LangText(nb="Botilbud", nn="Butilbod", en="Housing schemes")),
    LosTheme(
        "kvalifisering-til-arbeid",
        "sosiale-tjenester",
        LangText(nb="Kvalifisering til arbeid", nn="Kvalifisering til arbeid", en="Qualification for work"),
    ),
    LosTheme(
        "okonomiske-ytelser-og-radgivning",
        "sosiale-tjenester",
        LangText(
            nb="Økonomiske ytelser og rådgiving",
            nn="Økonomiske ytingar og rådgjeving",
            en="Financial support and advice",
        ),
    ),
    LosTheme(
        "trafikk-og-transport",
        None,
        LangText(nb="Trafikk og transport", nn="Trafikk og transport", en="Traffic and transport"),
    ),
    LosTheme(
        "bat-havn-og-kyst",
        "trafikk-og-transport",
        LangText(nb="Båt, havn og kyst", nn="Båt, hamn og kyst", en="Boat, harbour and coast"),
    ),
    LosTheme(
        "forerkort-og-sertifikat",
        "trafikk-og-transport",
        LangText(nb="Førerkort og sertifikat", nn="Førarkort og sertifikat", en="Driving licences"),
    ),
    LosTheme("kjoretoy", "trafikk-og-transport", LangText(nb="Kjøretøy", nn="Køyretøy", en="Vehicles")),
    LosTheme("luftfart", "trafikk-og-transport", LangText(nb="Luftfart", nn="Luftfart", en="Aviation")),
    LosTheme(
        "mobilitetstilbud",
        "trafikk-og-transport",
        LangText(nb="Mobilitetstilbud", nn="Mobilitetstilbod", en="Mobility services"),
    ),
    LosTheme(
        "trafikkinformasjon",
        "trafikk-og-transport",
        LangText(nb="Trafikkinformasjon", nn="Trafikkinformasjon", en="Traffic information"),
    ),
    LosTheme(
        "veg-og-vegregulering",
        "trafikk-og-transport",
        LangText(nb="Veg og vegregulering", nn="Veg og vegregulering", en="Road and road regulation"),
    ),
    LosTheme(
        "yrkestransport",
        "trafikk-og-transport",
        LangText(nb="Yrkestransport", nn="Yrkestransport", en="Professional transport services"),
    ),
)

LOS_THEMES: dict[str, LosTheme] = {theme.slug: theme for theme in _THEMES}
"""Every theme by its slug, the broader one before its narrower ones."""


def broadest(slug: str) -> str:
    """Return the slug of the theme of the first level that a theme belongs to, itself included."""
    return LOS_THEMES[slug].broader or slug


def _known_slug(slug: str) -> str:
    if slug not in LOS_THEMES:
        raise fault("los", got=slug)
    return slug


LosSlug = Annotated[str, AfterValidator(_known_slug)]
"""The slug of a theme of Los."""
