/* Makes sharing quicker where there is a script: copies the address, opens the system's own sheet, and fills in the Mastodon
   server that was used last. That name stays in this browser and is sent nowhere but to the page that asks for it. */
"use strict";

const KEY = "masthead-mastodon";
const row = document.querySelector(".share-link");
const server = document.querySelector("input[name=server]");

if (row) {
  const copy = row.querySelector("[data-copy]");
  const sheet = row.querySelector("[data-sheet]");
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(copy.dataset.copy);
        row.querySelector("[role=status]").textContent = copy.dataset.done;
      } catch {
        // Not allowed here: the address stands beside the button, now chosen.
        getSelection().selectAllChildren(row.querySelector("bdi"));
      }
    });
  }
  if (navigator.share) {
    sheet.hidden = false;
    sheet.addEventListener("click", () => {
      // Closing the sheet is no error.
      navigator.share({ title: sheet.dataset.sheet, url: copy.dataset.copy }).catch(() => {});
    });
  }
}

if (server) {
  // Where the browser's storage is closed nothing is remembered.
  const storage = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  server.value ||= storage(() => localStorage.getItem(KEY)) ?? "";
  server.form.addEventListener("submit", () => storage(() => localStorage.setItem(KEY, server.value.trim())));
}
