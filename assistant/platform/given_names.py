"""Names common in Norway, of those born here and of those who came, by which a person is told from a place or a body.

Invariant: in lower case. Those in `AMBIGUOUS` are words too, so that they count only with a family name behind them.
"""

from __future__ import annotations

import re

GIVEN_NAMES = frozenset(
    """
    aage aase aasmund abdi abdirahman abdullah abel adam adnan adrian agnes agnieszka ahmad ahmed ahmet aisha
    ajsha aksel albert aleksander aleksandra alem alexander alf ali alicja alma amal amalie amanda amina amir
    amira amund ana anders andre andrea andreas andrzej anette anh anil anita anja ann anna anne anton ardit
    arild arne arnfinn arnt arve arvid asad asbjørn asgeir asha ask askild aslak aslaug astrid atle aud audhild
    audun aurora axel ayaan ayan ayse ayşe azad aziz bartosz benedicte benjamin bente berit bernt besart bilal
    birger birgit birgitte bjarne bjarte bjørg bjørn bjørnar bogdan borghild bożena brit britt brynhild brynjulf
    børge camilla carina caroline cathrine cecilie celine charles charlotte chi christer christian christina
    christine christoffer conrad cristina dagfinn dagny daniel darius dariusz david dawid deepak diana dmitri
    dmytro dorota ebba edith edvard edward edyta egil eilif einar einride eirik eivind eldbjørg elena elias elif
    elin eline elisabeth elise elizabeth ella ellen ellinor elsa else embla emil emilie emily emine emir emma
    emre endre erik erika erling eskil espen esra ester eva evelyn even ewa farah farhan farid fatima fatma
    fatuma felix filip filmon finn fredrik fredrikke frida frode frøydis gabriel gabriela gaute geir georg
    george gerd gisle gjermund gjertrud gorm grete grethe grzegorz gudrun gunhild gunn gunnar gunnhild gunnveig
    gunvor guro gustav haakon hadia haile halima halldis halldor hallgeir halvard halvor hamid hamza hana hanna
    hannah hanne hans harald harry hassan hawa hedda hege heidi helene helga helge henning henny henok henriette
    henrik herborg herman hermine hermod hilde hjalmar hjørdis hodan huda hugo hussain hussein håkon håvar
    håvard ibrahim ida idris ifrah igor iman imran inga inge ingebjørg ingeborg inger ingolf ingrid ingunn
    ingvald ingvar ingvild irene irina iris iryna isabella isak iselin ismail ivan ivar iver jacek jacob jakob
    jamal james jan janne jarek jarle javed javier jeanette jennifer jenny jens jerzy jesper jessica joakim
    joanna joar jogeir johan johanna johanne johannes john johnny johs jolanta jomar jon jonas jonathan jorid
    jorun jorunn jose joseph jostein juan julia julian julie justyna jørgen jørn kaja kamilla karen kari karim
    karin karina karl karol karolina karoline kasia katarzyna kate katrine ketil khadija khalid khalil khanh kim
    kine kirsten kirsti kittil kjell kjersti kjetil knut kofi kolbjørn kristi kristian kristin kristina kristine
    kristofer kristoffer kristyna krzysztof kåre laila lars lasse laura layla lea leah leidulf leif leila leiv
    lena lene leo leon lidia lillian lilly lina linda line linh linn linnea linnéa lisa lise liv livar lotte
    louise lucas ludvig luis luka lukas maciej mads magdalena magne magnhild magnus mahad mahmoud mahmud maja
    malik malin marcin marek maren margaret margit margrethe margunn mari maria marianne marie marion marit
    marita marius mariusz markus marta marte martha marthe martin martine marwa mary maryam mateusz mathea
    matheus mathias mathilda mathilde mats maya małgorzata mehdi mehmet merete merethe mette mia michael michał
    mikael mikal mikkel milan milian milla mina miriam mohamed mohammad mohammed mona monica monika morten
    mustafa mykola målfrid nabil nadia nadir naima najma nancy nanna nasir nasra natalia natalie natalya nathan
    nguyen nikolai nikoline nils nina noah noor nora norunn norvald oda odd oddbjørn oddny oddrun oddvar oddveig
    odin odny oksana ola olaf olai olaug olav ole olea oleg oleksandr olena olga olha oliver olivia olve omar
    omid oscar oskar osman ottar otto ove patricia patrick paul paulina pawel paweł peder per pernille peter
    petra petter philip phuong pia piotr priya pål rafał ragna ragnar ragnhild ragnvald rahel rahwan rami randi
    rania rashid rasmus ravi rebecca reidar reidun rejhan renate reza rigmor rikke rita roald roar robel robert
    roger rolf rolv ronny rosa roy runar rune ruth ryszard rønnaug saba sabina safia said salma samir samira
    samuel sana sander sandra sanjay sara sarah sebastian selam selma semira senait serhiy shabana shirin
    siddharth sigbjørn sigfrid sigmund signe signy sigrid sigrun sigurd sigvart sigve silje simen simon simona
    sindre siri siv siw snorre sofia sofie sofus solfrid solrun solvei solveig solvor sondre soran stanisław
    steffen stein stein-erik steinar steinulf stian stig stine sumaya sunniva susan susanne svanaug svanhild
    svein svenn sverre svetlana syed sylvi sylwia synne synnøva synnøve tadeusz tahir tallak tara tarald tariq
    tarjei tatiana terese terje tesfay thanh thea theodor therese thi thomas thor thorleif thuy tine tiril
    tobias tom tomas tomasz tommy tone tonje tor tora torbjørn tord tore torgeir torgrim torhild torill torkel
    torkjell torlaug torleif tormod torstein torunn torvald trine trond trude trygve trym tuan turid tuva tyra
    ulf ulrik ulrikke unni usman valborg valentina vasyl vegard vera veronica veronika vetle vibeke victor
    victoria vidar vigdis viktor viktoria vilde vilhelm vilja vilje volodymyr vårin wenche weronika william
    wojciech xiu yasin yasmin yngvar yngve yonas yusra yusuf yvonne zahra zainab zeynep zofia zoran ådne åge åse
    åshild åsmund åsne øivind ørjan øystein øyvind ümit łukasz
    """.split()
)
AMBIGUOUS = frozenset(
    """
    andre ann ask bjørn bo chi dag edward else even finn frida hana hans inga inge iris jan john karol kim lea leo
    line liv luka mari may milan noor odd ove per ragna rosa roy saba said salma sana siv sol stein stig tara
    thi tine tom tone tor tora ulf vera vilja vilje vår
    """.split()
)
"""Given names that begin sentences as other words, or are part of other names."""
FAMILY_NAMES = frozenset(
    """
    amundsen andersen andreassen antonsen arnesen berntsen christensen danielsen eliassen ellingsen eriksen evensen
    fredriksen gabrielsen gundersen halvorsen hansen helgesen henriksen isaksen iversen jacobsen jakobsen jensen
    jenssen johannessen johansen johnsen jonassen jørgensen karlsen knudsen knutsen kristensen kristiansen kristoffersen
    larsen lorentzen madsen martinsen mathisen mikkelsen mortensen nielsen nilsen nordmann olsen paulsen pedersen
    pettersen rasmussen simonsen sivertsen svendsen sørensen thomassen thoresen tollefsen torgersen tønnessen ulriksen
    """.split()
)
"""Family names that are no other words."""
_LIKE_FAMILY = re.compile(
    r"\w{0,20}(?:sen|son|stad|rud|vik|nes|ness|land|berg|dal|dahl|lund|haug|haugen|hauge|moen|moe|lien|lie|lia|bakken"
    r"|bakke|heim|seth?|sæter|seter|vold|voll|strand|aas|eng|sund|holm|holt|fjell|gaard|gård|hagen|myhre?|tveit|eide|foss"
    r"|bø|ali|hassan|mohamed|ahmed|khan|nguyen|tran|singh|hussain|warsame|kowalski|nowak)"
)


def is_family_name(word: str) -> bool:
    """Tell whether a word in lower case may be a family name, given that a given name stands before it."""
    return word in FAMILY_NAMES or _LIKE_FAMILY.fullmatch(word) is not None
