"""Given names common in Norway, by which a person is told from a place or a body.

Invariant: in lower case. Those in `AMBIGUOUS` are words too, so that they count only with a family name behind them.
"""

from __future__ import annotations

GIVEN_NAMES = frozenset(
    """
    aage aase aasmund abdi abdullah adam adrian agnes agnieszka ahmad ahmed aisha aksel albert aleksander aleksandra
    alexander alf ali alma amalie amanda amina amir amund ana anders andre andrea andreas andrzej anette anita anja
    ann anna anne anton arild arne arnt arve arvid asbjørn ask aslak astrid atle aud audun aurora axel benedicte
    benjamin bente berit bernt birger birgit birgitte bjarne bjørg bjørn bjørnar brit britt brynjulf børge camilla
    carina caroline cathrine cecilie charles charlotte christer christian christina christine christoffer conrad
    daniel david dmitri ebba edith edvard edward egil einar eirik eivind elena elias elin eline elisabeth elise
    elizabeth ella ellen ellinor elsa else emil emilie emily emma erik erika erling espen ester eva evelyn even
    fatima felix filip fredrik fredrikke frida frode geir georg george gerd gjertrud grete grethe gudrun gunhild
    gunn gunnar gunvor guro gustav hadia halvard halvor hanna hannah hanne hans harald harry hassan hedda hege heidi
    helene helga helge henning henriette henrik herman hermine hilde hugo hussein håkon håvard ibrahim ida inga inge
    ingebjørg ingeborg inger ingrid ingunn ingvild irene iris isabella isak ismail ivan ivar iver jacob jakob james
    jan janne jeanette jennifer jenny jens jesper jessica joakim johan johanna johanne johannes john johnny jon
    jonas jonathan jorunn joseph jostein julia julian julie jørgen jørn kaja kamilla karen kari karin karina karl
    karoline katarzyna kate katrine ketil khadija kim kine kirsten kjell kjersti kjetil knut kristian kristin
    kristina kristine kristoffer krzysztof kåre laila lars lasse laura layla lea leah leif lena lene leo leon
    lillian lilly lina linda line linn linnea lisa lise liv lotte louise lucas ludvig lukas mads magne magnhild
    magnus maja malin maren margaret margit margrethe margunn mari maria marianne marie marion marit marita marius
    markus marte martha marthe martin martine mary maryam mathea matheus mathias mathilde mats maya merete mette mia
    michael mikael mikkel milla mohamed mohammad mohammed mona monica morten nadia nancy nanna natalia natalie
    nathan nikolai nils nina noah nora norunn oda odd oddvar odin oksana ola olaf olav ole olena olga oliver olivia
    omar oscar oskar osman otto patricia patrick paul peder per pernille peter petra petter philip pia piotr pål
    ragna ragnar ragnhild randi rebecca reidar reidun renate rikke rita roar robert roger rolf ronny roy runar rune
    ruth samira sander sandra sara sarah sebastian selma signe sigrid sigrun sigurd sigve silje simen simon sindre
    siri siv siw sofia sofie sofus solfrid solveig sondre stein stein-erik steinar stian stig stine sunniva susan
    susanne svanhild svein sverre svetlana synne synnøve tara terje thea theodor therese thomas thor tiril tobias
    tom tomas tomasz tommy tone tonje tor tora torbjørn tord tore torgeir torhild torill tormod torstein torunn
    trine trond trude trygve turid tuva ulf ulrik unni vegard vera vetle vibeke victor victoria vidar viktor vilde
    vilja wenche william yngve yusuf yvonne zahra åge åse åshild åsmund øivind øystein øyvind
    """.split()
)
AMBIGUOUS = frozenset(
    "ann ask bo bjørn dag edward even frida hans inga inge iris jan john kim lea leo liv may odd per ragna roy siv sol "
    "stein stig tara tom tone tor tora ulf vera vår vilja".split()
)
"""Given names that begin sentences as other words, or are part of other names."""
