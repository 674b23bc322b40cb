// Keeps a form as it is typed: sends it to the house, or, on a dead connection, seals it in this browser until it can be
// sent. What is sealed opens only on a page of the same officer; nothing readable stays on a shared machine.
"use strict";
(() => {
  const form = document.querySelector("form[data-keeps]");
  const line = document.getElementById("kept");
  if (!form || !line) return;
  const words = line.querySelector("[data-words]");
  const instead = line.querySelector("[data-instead]");
  const place = `passerelle-kept-${form.dataset.sealsAt}-${form.querySelector("[name=s-step]") ? "subjects" : "box"}`;
  const DAYS_MAX = 7;
  const TYPING_MS = 1200;
  const SENDING_MS = 8000;
  let from = form.dataset.goesOnFrom;
  let dirty = false, sending = false, stopped = false, going = false, failed = 0, timer = 0;

  const say = (text, how) => {
    if (words.textContent !== text) words.textContent = text;
    line.classList.toggle("done", how === "done");
    line.classList.toggle("held", how === "held");
    line.querySelector(".sign").textContent = how === "held" ? "!" : "✓";
  };
  if (words.textContent.trim()) line.classList.add("done");

  // What is typed, without files and without what belongs to one answer only.
  const fields = () => [...new FormData(form).entries()]
    .filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "do", "from", "to", "as"].includes(name));

  const store = () => { try { return window.localStorage; } catch { return null; } };
  const subtle = window.crypto?.subtle;
  const key = () => subtle.importKey("raw", Uint8Array.from(atob(form.dataset.sealsWith), (sign) => sign.charCodeAt(0)),
    "AES-GCM", false, ["encrypt", "decrypt"]);
  const can = () => Boolean(subtle && store());

  const seal = async () => {
    if (!can()) return false;
    try {
      const nonce = crypto.getRandomValues(new Uint8Array(12));
      const said = new TextEncoder().encode(JSON.stringify({ from, at: Date.now(), fields: fields() }));
      const sealed = new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv: nonce }, await key(), said));
      let packed = "";
      for (const byte of [...nonce, ...sealed]) packed += String.fromCharCode(byte);
      store().setItem(place, btoa(packed));
      return true;
    } catch { return false; }
  };
  const forget = () => { try { store()?.removeItem(place); } catch { /* nothing was kept there */ } };
  const opened = async () => {
    if (!can()) return null;
    const packed = store().getItem(place);
    if (!packed) return null;
    try {
      const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
      const said = await subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, await key(), bytes.slice(12));
      const kept = JSON.parse(new TextDecoder().decode(said));
      if (Date.now() - kept.at < DAYS_MAX * 86_400_000) return kept;
    } catch { /* another key, or damaged: it opens for nobody */ }
    forget();
    return null;
  };

  const later = (ms) => { clearTimeout(timer); timer = setTimeout(send, ms); };
  const hold = async (text) => {
    const sealed = await seal();
    say(text ?? (sealed ? line.dataset.offline : line.dataset.offlineOpen), "held");
  };

  async function send() {
    if (stopped || sending || !dirty) return;
    sending = true; dirty = false;
    const body = new FormData();
    for (const [name, value] of fields()) body.append(name, value);
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("goes_on_from", from);
    if (instead.dataset.wanted) body.append("instead", "1");
    const ends = new AbortController();
    const bell = setTimeout(() => ends.abort(), SENDING_MS);
    try {
      const answer = await fetch(form.dataset.keeps, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", signal: ends.signal, keepalive: false,
      });
      if (answer.status === 200) {
        const said = await answer.json();
        from = said.kept_at; failed = 0;
        delete instead.dataset.wanted; instead.hidden = true;
        if (!dirty) { forget(); say(said.said, "done"); }
      } else if (answer.status === 409) {
        const said = await answer.json();
        dirty = true; stopped = true; instead.hidden = false;
        await hold(said.said);
      } else if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) {
        dirty = true; stopped = true;
        await hold(can() ? line.dataset.signedOut : line.dataset.offlineOpen);
      } else throw new Error(String(answer.status));
    } catch {
      dirty = true; failed += 1;
      await hold();
      later(Math.min(60_000, 4000 * 2 ** Math.min(failed, 4)));
    } finally {
      clearTimeout(bell);
      sending = false;
    }
    if (dirty && !failed && !stopped) later(TYPING_MS);
  }

  const typed = (event) => {
    if (event?.target?.type === "file") return;
    dirty = true;
    if (going) return;
    if (stopped || failed) { seal(); return; }
    say(line.dataset.typing, "");
    later(TYPING_MS);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("kept:changed", typed);
  window.addEventListener("online", () => { failed = 0; if (dirty) later(0); });
  window.addEventListener("offline", () => { if (dirty) { failed = 1; hold(); } });
  instead.addEventListener("click", () => { instead.dataset.wanted = "1"; stopped = false; dirty = true; later(0); });

  // Leaving the page with something not yet sent: a last try that does not wait for an answer.
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      dirty = true;
      hold(line.dataset.notSent);
      return;
    }
    going = true; stopped = true;
    clearTimeout(timer);
    if (dirty) seal();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  window.addEventListener("pagehide", () => {
    if (going || !dirty || stopped) return;
    const body = new FormData();
    for (const [name, value] of fields()) body.append(name, value);
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("goes_on_from", from);
    navigator.sendBeacon(form.dataset.keeps, body);
  });
  window.addEventListener("beforeunload", (event) => { if (!going && dirty && (failed || stopped) && !can()) event.preventDefault(); });

  const put = (kept) => {
    const values = new Map();
    for (const [name, value] of kept.fields) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of form.elements) {
      if (!field.name || field.type === "file" || field.type === "hidden" || field.tagName === "BUTTON") continue;
      const given = values.get(field.name);
      if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(given?.includes(field.value));
      else if (given) field.value = given[0];
    }
    form.dispatchEvent(new CustomEvent("kept:put"));
    say(line.dataset.back, "done");
    dirty = true;
    later(TYPING_MS);
  };
  const subjects = Boolean(form.querySelector("[name=s-step]"));
  // Nothing is being written any more: what an earlier report could not send is of no use to the next one.
  if (!subjects && !from) { try { store()?.removeItem(place.replace(/box$/, "subjects")); } catch { /* nothing was there */ } }
  opened().then((kept) => {
    if (!kept) return;
    if (subjects && kept.from !== from) { forget(); return; }
    const now = JSON.stringify(fields());
    if (now === JSON.stringify(kept.fields)) { forget(); return; }
    if (kept.from === from) { put(kept); return; }
    const older = document.getElementById("older");
    older.hidden = false;
    older.querySelector("[data-take-back]").addEventListener("click", () => { older.hidden = true; put(kept); });
    older.querySelector("[data-forget]").addEventListener("click", () => { older.hidden = true; forget(); });
  });

  // Ctrl and Enter go on from the box; a file that is chosen, dropped or pasted is taken at once.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.primary"));
  });
  const file = form.querySelector("input[type=file]");
  if (!file) return;
  const zone = form.querySelector("[data-drops]");
  const take = () => { if (file.files.length) form.requestSubmit(form.querySelector("button[value=take]")); };
  file.addEventListener("change", take);
  const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  form.addEventListener("dragover", (event) => { if (brings(event)) { event.preventDefault(); zone.classList.add("over"); } });
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) zone.classList.remove("over"); });
  const given = (event, list) => {
    if (!list?.length) return;
    event.preventDefault();
    zone.classList.remove("over");
    const one = new DataTransfer();
    one.items.add(list[0]);
    file.files = one.files;
    take();
  };
  form.addEventListener("drop", (event) => given(event, event.dataTransfer?.files));
  form.addEventListener("paste", (event) => {
    if (!event.clipboardData?.types.includes("text/plain")) given(event, event.clipboardData?.files);
  });
})();
