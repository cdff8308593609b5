// What somebody writes in the first seconds is a change like any other. The shell takes what stands in the form two seconds after
// loading for what is stored: a headline written before that was not saved by itself, nor asked about on leaving.
(() => {
  "use strict";
  const form = document.querySelector("form[data-edit-form]");
  if (!form) return;
  const posted = () => {
    const all = new FormData(form);
    return new Map([...new Set(all.keys())].map((name) => [name, all.getAll(name).map(String).join("\n")]));
  };
  const oneLine = (words) => words.replace(/[\r\n]/g, "");
  // Written while this script was still on its way.
  let changed = [...form.querySelectorAll("input[type=text], textarea")].some((field) => oneLine(field.value) !== oneLine(field.defaultValue));
  let before = null;
  // Before the first key, press, paste or drop has an effect.
  const first = (event) => { if (event.isTrusted) before ??= posted(); };
  const kinds = ["keydown", "beforeinput", "mousedown", "touchstart", "paste", "drop"];
  for (const kind of kinds) document.addEventListener(kind, first, { capture: true, passive: true });
  document.addEventListener("w-unsaved:watch-edits", () => {
    for (const kind of kinds) document.removeEventListener(kind, first, { capture: true });
    const now = posted();
    // Fields of blocks that were drawn since are no change.
    changed ||= [...(before || [])].some(([name, value]) => now.get(name) !== value);
    if (changed) form.setAttribute("data-w-unsaved-force-value", "true");
  }, { once: true });
})();
