// What somebody writes while a save is on its way is a change, too. When the answer comes, the shell takes what stands in the form then
// for what was stored: the last words of somebody who stopped just then were not saved, though the head said so.
(() => {
  "use strict";
  const passing = /^(csrfmiddlewaretoken|next|overwrite_revision_id|loaded_revision_|comments-)/;
  const words = (data) => JSON.stringify([...data].filter(([name, value]) => !passing.test(name) && typeof value === "string"));
  let sent = null;
  document.addEventListener("w-autosave:save", (event) => { sent = words(event.detail.formData); });
  document.addEventListener("w-autosave:success", (event) => {
    if (sent !== null && words(new FormData(event.target)) !== sent) event.target.setAttribute("data-w-unsaved-force-value", "true");
    sent = null;
  });
})();
