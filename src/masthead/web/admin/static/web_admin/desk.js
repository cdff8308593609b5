// The desk's own script: no framework, no eval. Everything here only makes easier what also works without it.
(() => {
  "use strict";
  // Requests by htmx carry the token of the form protection like every form does.
  document.addEventListener("htmx:configRequest", (event) => {
    const config = document.getElementById("wagtail-config");
    if (config) event.detail.headers["X-CSRFToken"] = JSON.parse(config.textContent).CSRF_TOKEN;
  });
  // <button data-copy="#id"> copies the text of the element.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    const source = document.querySelector(button.dataset.copy);
    navigator.clipboard.writeText((source.value ?? source.textContent).trim()).then(() => {
      button.textContent = button.dataset.copied || "✓";
    });
  });
  // <span data-countdown="2026-01-07T09:00:00Z"> counts the seconds.
  const tick = () => {
    for (const span of document.querySelectorAll("[data-countdown]")) {
      const left = Math.max(0, Math.round((Date.parse(span.dataset.countdown) - Date.now()) / 1000));
      span.textContent = String(left);
    }
  };
  setInterval(tick, 1000);
  // <textarea data-counter="600"> says how many characters are left.
  const count = (field) => {
    let note = field.parentElement.querySelector(".desk-counter");
    if (!note) {
      note = document.createElement("p");
      note.className = "desk-counter";
      field.after(note);
    }
    note.textContent = `${[...field.value].length} / ${field.dataset.counter}`;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-counter]")) count(event.target);
  });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-counter]").forEach(count));
})();
