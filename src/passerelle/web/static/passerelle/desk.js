// One pair after the other without waiting: the next is loaded beforehand (and its reading written down as that), a
// judgement is saved before anything moves, and on a dead connection nothing moves and nothing is lost.
"use strict";
(() => {
  const main = document.getElementById("main");
  const BEFOREHAND_AFTER_MS = 600;
  let loaded = null;
  let saving = false;
  let waiting = null;

  const pair = () => main.querySelector("[data-pair]");

  const beforehand = async () => {
    const at = pair();
    const token = at && at.querySelector("[name=csrfmiddlewaretoken]");
    if (!at || !token || !at.querySelector("[data-verdicts]")) return;
    const asked = new FormData();
    asked.set("csrfmiddlewaretoken", token.value);
    asked.set("after", at.dataset.pair);
    try {
      const answer = await fetch(at.dataset.beforehand, { method: "POST", body: asked });
      if (answer.status !== 200 || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector("[data-pair]");
      if (next && at === pair()) loaded = { next, title: page.title, ref: next.dataset.pair, evidence: next.dataset.evidence };
    } catch { /* it is asked for when it is needed */ }
  };

  const soon = () => {
    loaded = null;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(beforehand, BEFOREHAND_AFTER_MS);
  };

  const show = (answer) => {
    const { next, title } = loaded;
    main.replaceChildren(document.adoptNode(next));
    document.title = title;
    history.pushState({}, "", answer.at);
    const undo = next.querySelector("[data-undo]");
    undo.action = answer.undo;
    undo.hidden = false;
    const says = next.querySelector("[data-says]");
    says.hidden = false;
    says.textContent = answer.says;
    window.scrollTo(0, 0);
    next.querySelector("h1").focus({ preventScroll: true });
    soon();
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-verdicts]") || !event.submitter) return;
    event.preventDefault();
    if (saving) return;
    saving = true;
    const lost = main.querySelector("[data-lost]");
    const said = new FormData(form, event.submitter);
    if (loaded) { said.set("loaded", loaded.ref); said.set("evidence", loaded.evidence); }
    try {
      const answer = await fetch(form.action, { method: "POST", body: said, headers: { Accept: "application/json" } });
      if (answer.redirected || !(answer.headers.get("Content-Type") || "").includes("json") || answer.status === 409) {
        const kept = document.createElement("input");
        kept.type = "hidden"; kept.name = "verdict"; kept.value = event.submitter.value;
        form.append(kept);
        form.submit();
        return;
      }
      const told = await answer.json();
      if (told.shown && loaded && told.shown === loaded.ref) show(told);
      else window.location.assign(told.go);
    } catch {
      lost.hidden = false;
    } finally {
      saving = false;
    }
  });

  window.addEventListener("popstate", () => window.location.reload());
  soon();
})();
