import { holdsTyped } from "./typed.js";

const unsaved = () => [...document.querySelectorAll("form[data-unsaved]")].find(holdsTyped);

const leadsAway = (link) => link.origin === location.origin && link.pathname !== location.pathname;

/** A link within the app changes the page without the browser noticing, so that nothing else would ask. */
function askBeforeLink(event) {
  const link = event.target.closest?.("a[href]");
  const opensHere = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !opensHere || link.target === "_blank" || link.hasAttribute("download") || !leadsAway(link)) return;
  const form = unsaved();
  if (!form || window.confirm(form.dataset.unsaved)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Asks before what was typed is left behind, in forms whose `data-unsaved` says the question. */
if (typeof window !== "undefined") {
  document.addEventListener("click", askBeforeLink, true);
  window.addEventListener("beforeunload", (event) => unsaved() && event.preventDefault());
}
