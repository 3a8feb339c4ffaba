// The list of what waits, by keyboard: J and K move, Enter opens, X ticks, E sees to, Z takes back, / searches, ? helps.
// Single keys can be turned off (WCAG 2.1.4); the page works without them.
"use strict";

const links = [...document.querySelectorAll("#queue th[scope=row] a")];
const help = document.getElementById("shortcuts");
const on = document.getElementById("shortcuts-on");
const KEPT = "shortcuts";

help.hidden = false;
on.checked = localStorage.getItem(KEPT) !== "off";
on.addEventListener("change", () => localStorage.setItem(KEPT, on.checked ? "on" : "off"));

const rowAt = () => links.findIndex((link) => link.closest("tr").contains(document.activeElement));
const move = (step) => {
  const to = Math.min(Math.max(rowAt() + step, 0), links.length - 1);
  links[to]?.focus();
  links[to]?.closest("tr").scrollIntoView({ block: "nearest" });
};
const tick = () => links[rowAt()]?.closest("tr").querySelector("input[name=row]");

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (!on.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    x: () => tick()?.click(),
    e: () => {
      const ticked = document.querySelector("input[name=row]:checked");
      const here = tick();
      if (!ticked && here) here.checked = true;
      if (ticked || here) here ? here.form.requestSubmit() : ticked.form.requestSubmit();
    },
    z: () => document.getElementById("undo")?.click(),
    "/": () => document.getElementById("desk-search")?.focus(),
    "?": () => {
      help.open = !help.open;
      help.querySelector("summary").focus();
    },
  };
  const act = acts[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
