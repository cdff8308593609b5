// Works out the sum that a sign-up form of Masthead asks for (ALTCHA), on our own page or on anybody's. Without it the form works, too.
(() => {
  "use strict";
  // Milliseconds: more than the server's least age of a form, less than its greatest.
  const LEAST = 2500;
  const A_DAY = 23 * 3600 * 1000;
  const own = document.currentScript.src;
  const folder = new URL(".", own).href;
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const put = (form, name, value) => {
    const field = form.querySelector(`input[name="${name}"]`) || form.appendChild(document.createElement("input"));
    field.type = "hidden";
    field.name = name;
    field.value = value;
  };
  const solve = async ({ algorithm, challenge, salt, signature, maxnumber, maxNumber }) => {
    const encoder = new TextEncoder();
    const most = maxnumber ?? maxNumber;
    for (let number = 0; number <= most; number += 1) {
      if (hex(await crypto.subtle.digest(algorithm, encoder.encode(salt + number))) === challenge) {
        return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
      }
    }
    return "";
  };
  const prepare = async (form) => {
    const answer = await fetch(new URL("challenge", own), { credentials: "omit" });
    if (!answer.ok) return;
    const { challenge, stamp } = await answer.json();
    // A form of our own brings the time its page was made, which is good for a day. The time of now would be too young for who
    // lets the browser fill the form in: elsewhere the button waits until it is old enough.
    let oldEnough = null;
    if (!form.querySelector('input[name="stamp"]') || performance.now() > A_DAY) {
      put(form, "stamp", stamp);
      oldEnough = new Promise((resolve) => setTimeout(resolve, LEAST));
    }
    // Only pages that came over https may compute.
    if (window.crypto?.subtle) put(form, "altcha", await solve(challenge));
    await oldEnough;
  };
  const attend = (form) => {
    let work = null;
    const begin = () => { work ??= prepare(form).catch(() => {}).finally(() => { work.done = true; }); };
    form.addEventListener("focusin", begin, { once: true });
    form.addEventListener("submit", (event) => {
      begin();
      if (work.done) return;
      event.preventDefault();
      work.then(() => form.submit());
    });
  };
  const start = () => {
    for (const form of document.forms) if (form.method === "post" && form.action.startsWith(folder)) attend(form);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
