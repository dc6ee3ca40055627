const SAID_TO_ITS_END = /^([/?#]|$)/;

/** Where a link leads, where its words do not say it: a host or a mail address. Empty for a page of this site. */
export function untoldHost(href, words, origin = window.location.origin) {
  let url;
  try {
    url = new URL(href, origin);
  } catch {
    return "";
  }
  const { host, origin: theirs, pathname } = url;
  if (theirs === origin) return "";
  const target = host || pathname;
  const said = words.trim().toLowerCase().replace(/^https?:\/\//, "");
  const isSaid = said.startsWith(target) && SAID_TO_ITS_END.test(said.slice(target.length));
  return isSaid ? "" : target;
}

/** The words of a piece of a page, as `react-markdown` hands it over. */
export const wordsOf = (node) => node?.value ?? (node?.children ?? []).map(wordsOf).join("");
