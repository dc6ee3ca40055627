import { hear } from "./told.js";

/** A whole new document, which comes back to where the browser is now when it `returns`. */
hear("leave", ({ page, returns }) => {
  const here = window.location.pathname + window.location.search + window.location.hash;
  window.location.assign(returns ? `${page}?next=${encodeURIComponent(here)}` : page);
});
