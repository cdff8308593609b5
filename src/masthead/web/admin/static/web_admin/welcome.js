// The sample beside the form of the first run follows what is typed; the time zone is guessed from the browser once.
(() => {
  "use strict";
  const sample = document.getElementById("sample");
  const rtl = /^(ar|fa|he|ur|ps|ckb|yi|ug)\b/;
  const follow = () => {
    for (const piece of sample.querySelectorAll("[data-from]")) {
      piece.dataset.first ??= piece.textContent;
      piece.textContent = document.getElementById(piece.dataset.from).value || piece.dataset.first;
    }
    sample.style.setProperty("--accent", document.getElementById("id_accent").value);
    sample.dir = rtl.test(document.getElementById("id_language").value) ? "rtl" : "ltr";
  };
  const zone = document.getElementById("id_time_zone");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone.value === "UTC" && [...zone.options].some((option) => option.value === here)) zone.value = here;
  document.addEventListener("input", follow);
  follow();
})();
