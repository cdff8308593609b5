// The desk's own script: no framework, no eval. Everything here only makes easier what also works without it.
(() => {
  "use strict";
  // Numbers that are made here, in the digits that the server writes at this desk (masthead.web.admin.local_digits).
  const zero = { fa: 0x6f0, ar: 0x660 }[document.documentElement.lang.split("-")[0]] || 0x30;
  const digits = (number) => String(number).replace(/[0-9]/g, (digit) => String.fromCharCode(zero + Number(digit)));
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
  const wordsOf = (element) => element?.textContent.replace("*", "").replace(/\s+/g, " ").trim();
  // The shell's field for tags hides the one that has the label.
  const nameTags = () => {
    for (const field of document.querySelectorAll(".tagit-new > input:not([aria-label])")) {
      const words = wordsOf(field.closest("[data-field-wrapper]")?.querySelector("label"));
      if (words) field.setAttribute("aria-label", words);
    }
  };
  addEventListener("load", nameTags);
  addEventListener("focusin", nameTags);
  // The shell's dialogs are named by their heading, which comes later than they do.
  const nameDialogs = () => {
    for (const dialog of document.querySelectorAll('.modal[role="dialog"]:not([aria-label])')) {
      const words = wordsOf(dialog.querySelector("h1, h2"));
      if (words) dialog.setAttribute("aria-label", words);
    }
  };
  addEventListener("focusin", nameDialogs);
  // <span data-countdown="2026-01-07T09:00:00Z"> counts the seconds.
  const tick = () => {
    for (const span of document.querySelectorAll("[data-countdown]")) {
      const left = Math.max(0, Math.round((Date.parse(span.dataset.countdown) - Date.now()) / 1000));
      span.textContent = digits(left);
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
    const words = field.value || (field.dataset.shows && document.querySelector(`[data-shown="${field.dataset.shows}"]`)?.dataset.default) || "";
    note.textContent = digits(`${[...words].length} / ${field.dataset.counter}`);
  };
  // <input data-shows="name"> is shown by every [data-shown="name"], which says what stands there while it is empty; a meter measures that.
  const show = (field) => {
    const places = document.querySelectorAll(`[data-shown="${field.dataset.shows}"]`);
    const words = field.value.trim() || places[0]?.dataset.default || "";
    for (const place of places) place.textContent = words;
    const meter = field.dataset.meter && document.getElementById(field.dataset.meter);
    if (meter) meter.value = [...words].length;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-counter]")) count(event.target);
    if (event.target.matches("[data-shows]")) show(event.target);
  });
  // <form data-autosubmit> shows what was chosen at once; typed text waits for the button.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[type=radio], [type=checkbox]")) event.target.closest("form[data-autosubmit]")?.requestSubmit();
  });
  // The shell's editors have no name of their own: they take that of their field or block; its map of the page is reached by keyboard.
  const name = () => {
    nameDialogs();
    for (const box of document.querySelectorAll('.DraftEditor-root [contenteditable="true"]:not([aria-label]), .desk-asleep:not([aria-label])')) {
      const label = box.closest("[data-field-wrapper], .w-field__wrapper")?.querySelector("label, .w-field__label") || box.closest("section")?.querySelector("label, h2");
      const words = wordsOf(label);
      if (words) box.setAttribute("aria-label", words);
    }
    // Whoever else has the text open stands there as a face, named by its tooltip alone.
    for (const face of document.querySelectorAll("button.w-editing-sessions__session:not([aria-label])")) {
      const words = wordsOf(face.querySelector(".w-editing-sessions__popup"));
      if (words) face.setAttribute("aria-label", words);
    }
    // Each block of the text would be a landmark of its own, many with the same name: they are groups.
    for (const block of document.querySelectorAll("section.w-panel--nested:not([role])")) block.setAttribute("role", "group");
  };
  const reach = () => document.querySelector(".w-minimap__list:not([tabindex])")?.setAttribute("tabindex", "0");
  document.addEventListener("DOMContentLoaded", () => {
    if (!document.querySelector("[data-edit-form]")) return;
    let waiting = 0;
    new MutationObserver(() => {
      reach();
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(name);
    }).observe(document.body, { childList: true, subtree: true });
    reach();
    name();
  });
  // A paste of a whole document would hold the editor up for half a minute: it is offered to be read as a manuscript instead.
  document.addEventListener("paste", (event) => {
    const offer = document.getElementById("desk-large-paste");
    if (!offer || !event.clipboardData || !event.target.closest?.(".Draftail-Editor")) return;
    const html = event.clipboardData.getData("text/html");
    const words = event.clipboardData.getData("text/plain");
    if (html.length < 300_000 && words.length < 100_000) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.querySelector("form.desk-note[data-pasted]")?.remove();
    const form = offer.content.firstElementChild.cloneNode(true);
    form.dataset.pasted = "";
    const files = new DataTransfer();
    files.items.add(html ? new File([html], "pasted.html", { type: "text/html" }) : new File([words], "pasted.txt", { type: "text/plain" }));
    form.querySelector("[type=file]").files = files.files;
    form.querySelector("[data-dismiss]").addEventListener("click", () => form.remove());
    offer.after(form);
    form.scrollIntoView({ block: "center" });
    form.focus({ preventScroll: true });
  }, true);
  // Whether it is saved, in words: "Saved 14:05.", "Not saved: no connection". The head came anew and may have pieces to fetch.
  const saved = (event) => {
    const head = document.querySelector(".desk-compose[data-saved]");
    const word = (state) => document.querySelector(`.w-autosave-indicator__state--${state} .w-autosave-indicator__text`);
    if (!head || !word("saved")) return;
    if (event.type === "w-autosave:success") {
      const now = new Date();
      const time = digits([now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":"));
      word("saved").textContent = head.dataset.saved.replace("{time}", time);
      window.htmx?.process(head);
    } else {
      const { type, text } = event.detail;
      word("paused").textContent = type === "network_error" ? head.dataset.offline : head.dataset.unsaved.replace("{reason}", text);
    }
  };
  document.addEventListener("w-autosave:success", saved);
  document.addEventListener("w-autosave:error", saved);
  // A place on the compose screen may be behind a tab, or not be drawn yet.
  const jump = (id, tries) => {
    id && document.getElementById(id)?.closest(".desk-later")?.wake();
    const target = id && document.getElementById(id);
    if (!target) {
      if (tries > 0) setTimeout(() => jump(id, tries - 1), 250);
      return;
    }
    const panel = target.closest('[role="tabpanel"]');
    if (panel && panel.hidden) document.querySelector(`[role="tab"][aria-controls="${panel.id}"], [role="tab"][href="#${panel.id}"]`)?.click();
    target.scrollIntoView({ block: "center" });
    (target.matches("input, textarea, select, button, a") ? target : target.querySelector('input:not([type="hidden"]), textarea, select, [contenteditable="true"], .desk-asleep'))?.focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-jump]");
    if (!link || link.pathname !== location.pathname || !link.hash) return;
    event.preventDefault();
    jump(link.hash.slice(1), 4);
  });
  document.addEventListener("DOMContentLoaded", () => { if (/^#(id_|block-)/.test(location.hash)) jump(location.hash.slice(1), 20); });
  // What somebody has unfolded stays so when the piece comes anew.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const open = event.detail.target.querySelector("details[data-keep-open][open]");
    if (open) event.detail.serverResponse = event.detail.serverResponse.replace("data-keep-open", "data-keep-open open");
  });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-counter]").forEach(count));
})();
