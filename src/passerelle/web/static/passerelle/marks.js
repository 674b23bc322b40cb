// The marked text by key: from mention to mention, right, wrong, put right; and a mention that was missed, by selecting it.
"use strict";
(() => {
  const text = document.getElementById("marks");
  const form = document.querySelector("form.marking");
  if (!text || !form) return;
  const typed = "select, textarea, input:not([type=checkbox]):not([type=radio])";
  const wanted = () => { try { return localStorage.getItem("passerelle-keys") !== "off"; } catch { return true; } };
  const rows = () => [...form.querySelectorAll("fieldset[data-row]")];
  const marksOf = (id) => text.querySelectorAll(`[data-mark="${CSS.escape(id)}"]`);
  const rowOf = (id) => form.querySelector(`fieldset[data-row="${CSS.escape(id)}"]`);
  const field = (row, end) => row.querySelector(`[name$="-${end}"]`);
  // The order in which a reader meets them; what stands nowhere in the text comes last.
  const order = () => {
    const seen = [...new Set([...text.querySelectorAll("[data-mark]")].map((mark) => mark.dataset.mark))];
    return [...seen.map(rowOf), ...rows().filter((row) => !seen.includes(row.dataset.row))].filter(Boolean);
  };
  let here = null;

  const paint = (row) => {
    const keep = field(row, "keep"), seen = field(row, "seen");
    const state = keep && !keep.checked ? "rejected" : (!seen || seen.checked) ? "kept" : "proposed";
    for (const mark of marksOf(row.dataset.row)) {
      mark.classList.remove("rejected", "kept", "proposed");
      mark.classList.add(state);
    }
  };
  const at = (row, focus = true) => {
    if (here) { here.classList.remove("here"); marksOf(here.dataset.row).forEach((mark) => mark.classList.remove("here")); }
    here = row;
    if (!row) return;
    row.classList.add("here");
    const marks = marksOf(row.dataset.row);
    marks.forEach((mark) => mark.classList.add("here"));
    row.scrollIntoView({ block: "nearest" });
    marks[0]?.scrollIntoView({ block: "nearest" });
    if (focus) (marks[0] ?? row.querySelector("input:not([type=hidden]):not(.hidden-words)"))?.focus({ preventScroll: true });
  };
  const step = (by) => {
    const list = order();
    if (!list.length) return;
    const now = list.indexOf(here);
    at(list[now < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(now + by, 0), list.length - 1)]);
  };
  const judge = (right) => {
    if (!here) { step(1); return; }
    const keep = field(here, "keep"), seen = field(here, "seen");
    if (keep) keep.checked = right;
    if (seen) seen.checked = true;
    paint(here);
    form.dispatchEvent(new CustomEvent("kept:changed"));
    step(1);
  };
  const correct = () => {
    if (!here) step(1);
    const first = here && [...here.querySelectorAll("input, select")].find((one) => one.matches(typed) && one.type !== "hidden" && one.offsetParent);
    if (first) { first.focus(); first.select?.(); }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest(`${typed}, [contenteditable]`);
    if (typing && form.contains(typing)) {
      // Enter in a field means: it is right now. It never files by accident.
      if (event.key === "Enter" && typing.matches("input")) {
        event.preventDefault();
        const row = typing.closest("fieldset[data-row]");
        if (row) { here = row; judge(true); }
      }
      if (event.key === "Escape" && typing.closest("fieldset[data-row]")) at(typing.closest("fieldset[data-row]"));
      return;
    }
    if (typing || event.target.closest("dialog[open]") || !wanted()) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") { event.preventDefault(); step(key === "j" ? 1 : -1); }
    else if (event.repeat) return;
    else if (key === "y") { event.preventDefault(); judge(true); }
    else if (key === "x") { event.preventDefault(); judge(false); }
    else if (key === "c") { event.preventDefault(); correct(); }
    else if (key === "m") { if (!adding.hidden) { event.preventDefault(); adding.querySelector("button[data-as]").focus(); } }
    else if (/^[1-6]$/.test(key) && here) {
      const choice = field(here, "category");
      if (!choice || choice.options.length < Number(key)) return;
      event.preventDefault();
      choice.selectedIndex = Number(key) - 1;
      judge(true);
    }
  });
  text.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-mark]");
    if (!mark) return;
    event.preventDefault();
    if (String(document.getSelection()).trim().length > 1) return;
    at(rowOf(mark.dataset.mark));
  });
  text.addEventListener("focusin", (event) => {
    const mark = event.target.closest("[data-mark]");
    if (mark && rowOf(mark.dataset.mark) !== here) at(rowOf(mark.dataset.mark), false);
  });
  form.addEventListener("change", (event) => {
    const row = event.target.closest?.("fieldset[data-row]");
    if (!row) return;
    const seen = field(row, "seen");
    if (seen && event.target !== seen) seen.checked = true;
    paint(row);
  });
  form.addEventListener("kept:put", () => rows().forEach(paint));

  // Something missed: what is selected in the text, counted without the signs that were put into it.
  const adding = document.getElementById("adding");
  const offset = (node, inner) => {
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(node, inner);
    const copy = before.cloneContents();
    copy.querySelectorAll("[data-unsaid]").forEach((one) => one.remove());
    return copy.textContent.length;
  };
  let waiting = 0;
  const selected = () => {
    const chosen = document.getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) { if (!adding.contains(document.activeElement)) adding.hidden = true; return; }
    const range = chosen.getRangeAt(0);
    if (!text.contains(range.commonAncestorContainer)) return;
    const start = offset(range.startContainer, range.startOffset), end = offset(range.endContainer, range.endOffset);
    const said = plain().slice(start, end);
    if (!said.trim()) return;
    adding.hidden = false;
    adding.querySelector("[data-selected]").textContent = `“${said.trim()}”`;
    // The house counts characters, the browser halves of them: 𝒳 is one there and two here.
    adding.querySelector("[name=from]").value = [...plain().slice(0, start)].length;
    adding.querySelector("[name=to]").value = [...plain().slice(0, end)].length;
  };
  const plain = () => {
    const copy = text.cloneNode(true);
    copy.querySelectorAll("[data-unsaid]").forEach((one) => one.remove());
    return copy.textContent;
  };
  document.addEventListener("selectionchange", () => { clearTimeout(waiting); waiting = setTimeout(selected, 150); });
  adding.querySelectorAll("button[data-as]").forEach((button) => button.addEventListener("click", () => {
    adding.querySelector("[name=as]").value = button.dataset.as;
    form.requestSubmit(adding.querySelector("[data-marks]"));
  }));
})();
