// Shows the buttons of passkeys where the browser knows them, and carries the two posts of a ceremony. Link and code work without it.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const post = async (place, body) => {
    const headers = { "Content-Type": "application/json" };
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) headers["X-CSRFToken"] = token.value;
    const answer = await fetch(place.dataset.passkey, { method: "POST", headers, body, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const asked = ({ publicKey }) => {
    publicKey.challenge = bytes(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
    for (const list of [publicKey.excludeCredentials, publicKey.allowCredentials]) {
      for (const one of list || []) one.id = bytes(one.id);
    }
    return { publicKey };
  };
  const answered = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: {},
    });
  };
  for (const place of document.querySelectorAll("[data-passkey]")) {
    const button = place.querySelector("button");
    const trouble = place.querySelector("[role=alert]");
    place.hidden = false;
    button.addEventListener("click", async () => {
      trouble.hidden = true;
      button.disabled = true;
      try {
        const options = asked(await post(place));
        const adding = Boolean(options.publicKey.user);
        const credential = await (adding ? navigator.credentials.create(options) : navigator.credentials.get(options));
        window.location.assign((await post(place, answered(credential))).next);
      } catch {
        trouble.hidden = false;
      }
      button.disabled = false;
    });
  }
})();
