// The picture beside the design form follows what is typed; share channels move up and down by buttons.
(() => {
  "use strict";
  const form = document.getElementById("design");
  const ways = document.getElementById("ways");
  const frame = document.getElementById("look");
  if (!form || !ways || !frame) return;
  let waiting = 0;
  const show = () => {
    const query = new URLSearchParams();
    for (const [name, value] of [...new FormData(form), ...new FormData(ways)]) {
      if (name !== "csrfmiddlewaretoken" && typeof value === "string") query.append(name, value);
    }
    frame.dataset.width = query.get("width");
    // Replaced, so that "back" leaves the screen instead of walking through every letter.
    frame.contentWindow.location.replace(`${ways.action}?${query}`);
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(show, 250); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  ways.addEventListener("change", show);
  // The picture chooser of the shell changes a hidden field without an event.
  const logo = form.querySelector('input[name="logo"]');
  if (logo) new MutationObserver(soon).observe(logo, { attributes: true, attributeFilter: ["value"] });
  const night = form.querySelector('input[name="night_own"]');
  const nightField = form.querySelector('input[name="night_accent"]').closest(".desk-field");
  const fold = () => { nightField.hidden = !night.checked; };
  night.addEventListener("change", fold);
  fold();
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("li");
    const other = button.dataset.move === "-1" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (button.dataset.move === "-1") other.before(item);
    else other.after(item);
    button.focus();
    soon();
  });
})();
