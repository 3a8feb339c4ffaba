"""What ails somebody, in Norwegian and English: illness, distress, addiction, disability, and being cared for.

Invariant: adjectives stand in the form that is said of one person ("deprimert", not "deprimerte"), since a group is
nobody in particular. No pattern repeats without a bound.
"""

from __future__ import annotations

import re

CONDITION = (
    r"\b(?:sepsis|blodforgift\w*|demens(?!venn)\w*|dementia|alzheimer\w*|parkinson\w*|diabetes|diabetiker|adhd|autis\w*|"
    r"asperger\w*|tourette\w*|(?:lunge|bryst|prostata|tarm|hud|blod)?kreft(?!f)\w*|cancer|svulst\w*|leukemi\w*|(?:fødsels)?depre\w*|deprimert|psykose\w*|"
    r"psykotisk\w*|schizo(?:f|ph)ren\w*|bipolar\w*|angst(?!f)\w*|selvmord\w*|sjølvmord\w*|selvskad\w*|sjølvskad\w*|"
    r"spiseforstyrr\w*|eteforstyrr\w*|anoreksi\w*|bulimi\w*|rus(?:er|ar) seg|rusmis\w*|rusavhengig\w*|rusproblem\w*|"
    r"alkohol(?:iker|ikar|isert|isme|problem)\w*|epilep\w*|kols|copd|astma|hjerneslag|hjernehinne\w*|slag|stroke|"
    r"hjertesvikt|hjerteinfarkt|infarkt|hiv|hepatitt\w*|ms|als|ptsd|ocd|cerebral parese|downs?|utviklingshem\w*|"
    r"lærevansk\w*|dysleksi|dyslexia|innlagt|innlagd|tvangsinnla\w*|diagnose\w*|diagnos\w*|syk|sjuk|ill|suicidal|"
    r"(?:kreft|hjerte|lunge|nyre|demens|nerve|døds|sinns|alkohol|livs)(?:syk|sjuk)|(?:syke?|sjuke?)mel(?:d|dt|dd)|ufør|uføretrygd(?:et|a)|gravid|forvirr(?:et|a)|inkontinen\w*|"
    r"psykisk (?:syk|sjuk|ustabil|dårlig|dårleg)|dement|senil|hallusin\w*|personlighetsforstyrr\w*|tvangslidelse\w*|"
    r"nar[ck]o?man|narkotika|heroin|amfetamin|panikkanfall|utagerende|utagerande|pleietrengende|pleietrengande|sengeliggende|"
    r"sengeliggande|traumatisert|utbrent|utbrend|skolevegrer|skulevegrar|døende|døyande|bostedsløs|bustadlaus|hjemløs|heimlaus|"
    r"voldtatt|valdteken|voldsutsatt|valdsutsett|overgrepsutsatt|synshemm(?:et|a)|(?:hører|høyrer) (?:stemmer|røyster)|"
    r"funksjonshemm(?:et|a)|multihandikapp(?:et|a)|handikapp(?:et|a)|faller ofte|fell ofte|"
    r"barnevern\w*|mobbe[st]\w*|mobba|mishandl\w*|misbruk\w*|fengsel|straffedømt|traume\w*|"
    r"(?:sliter|slit) (?:psykisk|med rus\w*|med psyk\w*)|(?:drikker|drikk) (?:altfor |for |alt for )?my(?:e|kje)|"
    r"skad(?:er|ar) seg(?: (?:selv|sjølv))?|vil (?:dø|ikke leve|ikkje leve)|ta(?:r)? livet|"
    r"self-harm\w*|depressed|demented|addicted|alcoholic|drug addict|homeless|psychotic|traumati[sz]ed|bedridden|"
    r"bullied|abused|disabled|mentally (?:ill|unwell))\b"
)
"""What ails somebody wherever it stands beside a name, as a pattern for small letters."""

_ADVERB = (
    r"(?:så|svært|veldig|alvorlig|alvorleg|sterkt|dypt|djupt|kraftig|kronisk|blitt|vorte|nå|no|også|ofte|"
    r"visst|ganske|både|nok|litt|trolig|truleg|en|ein|ei|et|eit|helt|heilt|fortsatt|framleis|hardt|"
    r"a|an|very|severely|seriously|deeply|so|now|often|been|quite|still|chronically)"
)
_OF_ONE = (
    r"(?:ensom|einsam|åleine|aggressiv|voldelig|valdeleg|blind|døv|lam|svaksynt|hørselshemm(?:et|a)|høyrselshemm(?:a|et)|"
    r"utslitt|utsliten|nedstemt|manisk|paranoid|ruset|rusa|syk|sjuk|dårlig|dårleg|glemsk|gløymsk|redd|selvmordsnær|"
    r"underernært|overvektig|hyperaktiv|døende|terminal|palliativ|rullestolbruker|"
    r"rullestolbrukar|fengslet|kreftsyk|lonely|deaf|dying|sick|ill|violent|aggressive|unwell|pregnant)"
)
_AILED_WITH = rf"(?:{CONDITION}|\b{_OF_ONE}\b)"
_SAID_OF_ONE = (
    rf"(?:(?:er|var|ble|blei|vart|blir|virker|verkar|is|was|became|feels|seems)"
    rf"(?: [^\W\d_]{{2,20}} (?:og|and))?(?: {_ADVERB}){{0,3}} (?:i |på |in )?{_AILED_WITH}"
    rf"|(?:har|hadde|has|had|fikk|fekk)(?: {_ADVERB}){{0,3}} {_AILED_WITH}"
    r"(?=\s?(?:$|[.,;:!?)]|og\b|and\b|med\b|with\b|etter\b|men\b|but\b))"
    r"|(?:sitter|sit) i rullestol|(?:sliter|slit) psykisk|(?:rus(?:er|ar)|skad(?:er|ar)) seg"
    r"|(?:drikker|drikk) (?:altfor |alt for |for )?my(?:e|kje)|går ut om natt[ae]|gr(?:åter|æt)\b)"
)
PREDICATE = re.compile(rf"\b{_SAID_OF_ONE}")
"""A verb and what it tells of one person's illness or distress, in small letters."""
ILL = re.compile(CONDITION)
