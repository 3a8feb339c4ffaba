// What pages gain from JavaScript beyond htmx: focus and a spoken status after a part of the page was replaced. Every
// page works without it.
"use strict";

document.addEventListener("htmx:after:swap", () => {
  const status = document.getElementById("status");
  const told = document.querySelector("[data-status]");
  if (status && told) {
    status.textContent = told.dataset.status;
    told.removeAttribute("data-status");
  }
  const place = document.querySelector("[data-focus]");
  if (place) {
    place.focus();
    place.scrollIntoView({ block: "start" });
    place.removeAttribute("data-focus");
  }
});

// What is being done is told to those who do not see it.
document.addEventListener("htmx:before:request", (event) => {
  const status = document.getElementById("status");
  const told = event.detail.ctx.sourceElement?.dataset.progress;
  if (status && told) status.textContent = told;
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Where something is wrong with a form that was sent without htmx, begin there.
document.querySelector("[role=alert][data-focus]")?.focus();

// What is folded away on the screen is printed.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details.printed:not([open])")) {
    folded.open = true;
    folded.dataset.opened = "";
  }
});
addEventListener("afterprint", () => {
  for (const opened of document.querySelectorAll("details[data-opened]")) {
    opened.open = false;
    delete opened.dataset.opened;
  }
});

// Ctrl+Enter, or Cmd+Enter, sends what was written in a field of several lines.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
    event.target.form?.requestSubmit();
  }
});
