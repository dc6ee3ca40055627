import { holdsTyped } from "./typed.js";

/** A form that somebody has said to leave stands there until the next page has loaded, and asks no more. */
const unsaved = () => [...document.querySelectorAll("form[data-unsaved]:not([data-left])")].filter(holdsTyped);

const leadsAway = (link) => link.origin === location.origin && link.pathname !== location.pathname;

/** A link within the app changes the page without the browser noticing, so that nothing else would ask. */
function askBeforeLink(event) {
  const link = event.target.closest?.("a[href]");
  const opensHere = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !opensHere || link.target === "_blank" || link.hasAttribute("download") || !leadsAway(link)) return;
  const forms = unsaved();
  if (!forms.length) return;
  if (window.confirm(forms[0].dataset.unsaved)) {
    for (const form of forms) form.dataset.left = "";
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** Asks before what was typed is left behind, in forms whose `data-unsaved` says the question. */
if (typeof window !== "undefined") {
  document.addEventListener("click", askBeforeLink, true);
  document.addEventListener("input", (event) => event.target.form && delete event.target.form.dataset.left);
  window.addEventListener("beforeunload", (event) => unsaved().length && event.preventDefault());
}
