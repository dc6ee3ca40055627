/** A page of this site to go to; anything else becomes the fallback. */
export function ownPath(wanted, fallback, origin = window.location.origin) {
  if (!wanted?.startsWith("/")) return fallback;
  try {
    // As the browser itself would read it: `//other.example`, and the same with a backslash or a tab in it.
    const { href, origin: theirs } = new URL(wanted, origin);
    return theirs === origin ? href : fallback;
  } catch {
    return fallback;
  }
}
