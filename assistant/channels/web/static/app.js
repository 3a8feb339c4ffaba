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
    // A new answer is read from its question on; what was done with it stays where it is.
    const turn = place.matches("h2") ? place.closest(".turn") : null;
    place.focus({ preventScroll: true });
    if (turn) turn.scrollIntoView({ block: "start" });
    else place.scrollIntoView({ block: "nearest" });
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

// Enter sends what was written to the assistant, Shift+Enter begins a new line; in other fields of several lines,
// Ctrl+Enter or Cmd+Enter sends.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("textarea")) return;
  const sends = event.target.closest(".composer") ? !event.shiftKey && !event.altKey : event.ctrlKey || event.metaKey;
  if (!sends) return;
  event.preventDefault();
  event.target.form?.requestSubmit();
});

// A link that begins a sentence writes it where the page is; the place to go on is its end.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-begins]");
  const field = document.getElementById("text");
  if (!link || !field || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  field.value = link.dataset.begins;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
});

// A letter is saved a while after the last change; who has no JavaScript saves it with the button.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const told = form.querySelector("[data-saved]");
  let timer = 0;
  let conflict = false;
  let saving = Promise.resolve();
  const save = async () => {
    told.textContent = form.dataset.autosave;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      told.textContent = said.told ?? form.dataset.failed;
      if (said.version) {
        form.elements.letter_version.value = said.version;
        form.querySelector("[data-mail-link]").href = said.link;
      }
      // A colleague has written meanwhile: what is here stays here, and the button shows both.
      conflict = said.conflict ?? false;
    } catch {
      told.textContent = form.dataset.failed;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (!conflict) timer = setTimeout(() => (saving = saving.then(save)), 1200);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // One that is on its way would make this one look old.
    if (form.dataset.sending) return;
    event.preventDefault();
    const { submitter } = event;
    // Not within this event: a form that is being sent is not sent again.
    saving.then(() =>
      setTimeout(() => {
        form.dataset.sending = "1";
        form.requestSubmit(submitter);
      }),
    );
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const parts = [...document.querySelectorAll(button.dataset.copy)].map((one) => one.value ?? one.textContent);
    await navigator.clipboard.writeText(parts.join("\n\n"));
    document.getElementById("status").textContent = button.dataset.copied;
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 2000);
  });
}

// In a list with keys, J and K go to the next and the one before, and a letter presses the button that has it. They
// work only where the list has the focus, so that they are in nobody's way (WCAG 2.1.4).
document.addEventListener("keydown", (event) => {
  const list = event.target.closest("[data-keys]");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  if (!list || !plain || event.target.matches("input, textarea, select")) return;
  const items = [...list.querySelectorAll(":scope > [data-item]")];
  const at = items.indexOf(event.target.closest("[data-item]"));
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    const next = items[Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), items.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else if (/^[a-z]$/.test(key)) {
    const pressed = items[at]?.querySelector(`[data-key="${key}"]`) ?? document.querySelector(`button[data-key="${key}"]`);
    if (!pressed) return;
    pressed.click();
    pressed.closest("details[open]")?.querySelector("input:not([type=hidden])")?.focus();
  } else return;
  event.preventDefault();
});

// A list with keys that nobody has come to yet begins at its first item, on the way back from what was done there.
if (document.querySelector("[data-keys]") && document.referrer.startsWith(location.origin + location.pathname)) {
  document.querySelector("[data-keys] > [data-item]")?.focus({ preventScroll: true });
}
