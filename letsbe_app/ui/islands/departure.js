/**
 * Where this document goes. While a person signs out, the hub ends the session of the page as well and says where
 * to sign in again: whichever came last would win.
 */
let isOwn = false;
let waiting = null;

function go({ page, returns }) {
  const { pathname, search, hash } = globalThis.location;
  const here = pathname + search + hash;
  globalThis.location.assign(returns ? `${page}?next=${encodeURIComponent(here)}` : page);
}

/** The hub's word: a whole new document, which comes back to where the browser is now when it `returns`. */
export function follow(word) {
  if (isOwn) waiting = word;
  else go(word);
}

/**
 * Has the hub's word wait until `act` says where the person goes; when it gives nothing, the word holds again.
 *
 * `act` may fail: then the person stays, unless the hub has said otherwise meanwhile.
 */
export async function leaveBy(act) {
  isOwn = true;
  waiting = null;
  let page;
  try {
    page = await act();
  } finally {
    if (page) {
      globalThis.location.assign(page);
    } else {
      isOwn = false;
      if (waiting) go(waiting);
    }
  }
}
