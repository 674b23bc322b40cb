// Passkeys: a form with data-passkey asks the browser, puts the answer into its own field, and is sent. It fetches nothing.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const numbered = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = (said) => {
    const options = JSON.parse(said);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    options.excludeCredentials = numbered(options.excludeCredentials);
    options.allowCredentials = numbered(options.allowCredentials);
    return options;
  };

  const answered = (given) => {
    const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const response = {};
    for (const name of names) if (given.response[name]) response[name] = text(given.response[name]);
    return JSON.stringify({ id: given.id, rawId: text(given.rawId), type: given.type, response });
  };

  const ask = async (form) => {
    const failed = form.querySelector("[data-passkey-failed]");
    if (failed) failed.hidden = true;
    try {
      const publicKey = asked(form.dataset.asks);
      const given = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      form.querySelector("input[name=passkey]").value = answered(given);
      form.submit();
    } catch {
      if (failed) failed.hidden = false;
    }
  };

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const start = form.querySelector("[data-passkey-start]");
    if (!start) continue;
    start.hidden = false;
    if (form.dataset.passkey === "create") {
      form.addEventListener("submit", (event) => { event.preventDefault(); ask(form); });
    } else {
      start.addEventListener("click", () => ask(form));
    }
  }
})();
