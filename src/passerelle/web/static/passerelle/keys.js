// Single keys for what a page offers anyway: each element with data-key answers to its key. "?" lists them.
"use strict";
(() => {
  const root = document.documentElement;
  const help = document.getElementById("keys");
  const remembered = "passerelle-keys";
  root.classList.add("has-keys");

  const wanted = () => { try { return localStorage.getItem(remembered) !== "off"; } catch { return true; } };
  const keyed = () => [...document.querySelectorAll("[data-key]")].filter((element) => element.offsetParent !== null);

  const typed = "select, textarea, input:not([type=checkbox]):not([type=radio])";
  const wordsOf = (element) => {
    const copy = (element.labels?.[0] ?? element).cloneNode(true);
    copy.querySelectorAll("kbd, small").forEach((inner) => inner.remove());
    return copy.textContent.trim().replace(/\s+/g, " ");
  };

  const list = () => {
    if (!help) return;
    const lines = document.getElementById("keys-list");
    lines.querySelectorAll("[data-made]").forEach((line) => line.remove());
    for (const element of keyed()) {
      const key = document.createElement("dt");
      const kbd = document.createElement("kbd");
      kbd.textContent = element.dataset.key;
      key.append(kbd);
      const what = document.createElement("dd");
      what.textContent = wordsOf(element);
      key.dataset.made = what.dataset.made = "";
      lines.append(key, what);
    }
    help.showModal();
  };

  const step = (by) => {
    const links = [...document.querySelectorAll(".board .go[href]")];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
    links[next].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest(`${typed}, [contenteditable], dialog[open]`)) return;
    if (event.key === "?") { event.preventDefault(); list(); return; }
    if (!wanted()) return;
    if (event.key === "j" || event.key === "k") { event.preventDefault(); step(event.key === "j" ? 1 : -1); return; }
    const target = keyed().find((element) => element.dataset.key === event.key.toLowerCase());
    if (!target) return;
    event.preventDefault();
    if (target.matches(typed)) target.focus(); else target.click();
  });

  const show = document.getElementById("show-keys");
  if (show) show.addEventListener("click", list);
  const on = document.getElementById("keys-on");
  if (on) {
    on.checked = wanted();
    on.addEventListener("change", () => { try { localStorage.setItem(remembered, on.checked ? "on" : "off"); } catch { /* it stays on */ } });
  }
})();
