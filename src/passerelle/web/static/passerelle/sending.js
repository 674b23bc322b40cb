// Before a form with something typed in it is sent: is the line there, and is this still the officer who typed it? If not,
// it is not sent, the page says so, and what was typed stays where it is.
"use strict";
(() => {
  const words = document.getElementById("not-sent");
  if (!words) return;
  const WAITS_MS = 8000;
  const changed = (field) => field.type === "hidden" || field.type === "submit" || field.type === "button" ? false
    : field.matches("input[type=checkbox], input[type=radio]") ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected && one.selected)
        : field.value !== field.defaultValue || (field.tagName === "TEXTAREA" && field.value.trim() !== "");

  const say = (form, why) => {
    form.querySelector(".refusal.not-sent")?.remove();
    if (!why) return;
    const told = words.content.firstElementChild.cloneNode(true);
    told.classList.add("not-sent");
    told.querySelectorAll("[data-for]").forEach((one) => { if (one.dataset.for !== why) one.remove(); });
    form.prepend(told);
    told.focus();
  };

  const sure = new WeakSet(), asking = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const form = event.target, sender = event.submitter;
    if (form.method !== "post" || event.defaultPrevented || form.matches("[data-keeps], [data-verdicts], [data-passkey]")) return;
    if (sure.delete(form) || ![...form.elements].some((field) => field.name && changed(field))) return;
    event.preventDefault();
    if (asking.has(form)) return;
    asking.add(form);
    const ends = new AbortController();
    const bell = setTimeout(() => ends.abort(), WAITS_MS);
    let why = "";
    try {
      const answer = await fetch(words.dataset.asks, { cache: "no-store", credentials: "same-origin", signal: ends.signal });
      const said = await answer.json();
      why = said.who === words.dataset.who ? "" : said.who ? "other" : "out";
      if (!why) form.querySelector("[name=csrfmiddlewaretoken]").value = said.token;
    } catch { why = "line"; } finally {
      clearTimeout(bell);
      asking.delete(form);
    }
    say(form, why);
    if (why) return;
    sure.add(form);
    if (sender && sender.form === form) form.requestSubmit(sender); else form.requestSubmit();
  });
})();
