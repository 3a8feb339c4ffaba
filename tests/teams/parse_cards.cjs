// Reads a list of Adaptive Cards from standard input and writes, for each, what Microsoft's own parser finds wrong.
const cards = require("../../.ci/node_modules/adaptivecards/dist/adaptivecards.js");

const found = JSON.parse(require("fs").readFileSync(0, "utf8")).map((made) => {
  const context = new cards.SerializationContext(cards.Versions.v1_5);
  const card = new cards.AdaptiveCard();
  card.parse(made, context);
  const events = [];
  for (let n = 0; n < context.eventCount; n += 1) events.push(context.getEventAt(n).message);
  const checked = card.validateProperties();
  return [...events, ...checked.validationEvents.map((event) => event.message)];
});
process.stdout.write(JSON.stringify(found));
