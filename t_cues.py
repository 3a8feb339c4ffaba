from assistant.dialogue.cues import *
for t in ["hvorfor NTNU?","ka e fristn?","hvem kan jeg ringe der?","kan du sammenlikne en og tre","hvilke andre kommuner har jobba med det samme?","write the application for me","kan dokker skriv ein e-post te den fyste?","hva betyr FoUI","er du en robot?","who are you","tilbake","hvem snakker jeg med?","kan vi søke på den?"]:
    c=cues_of(t); print(t, [(w.act,w.all) for w in c.ways()], [c.tokens[i] for i in range(len(c.tokens)) if i not in c.covered()])
