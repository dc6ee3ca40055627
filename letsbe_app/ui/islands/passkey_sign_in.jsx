import { useEffect, useRef, useState } from "react";
import { ownPath } from "./own_path.js";
import { HubError, postToHub } from "./hub_rest.js";
import { QUIET } from "./look.js";
import { canOfferQuietly, hasPasskeys, usePasskey } from "./passkey.js";

const PUBLIC = "/api/v1/public/passkey";

/**
 * Signing in with a passkey: a button, and where the browser can, an offer in the menu of the e-mail field. The
 * quiet offer is withdrawn before the button asks, since a page may ask only once at a time.
 */
export function PasskeySignIn({ label, workingLabel, failedText, refusedText, after }) {
  const [canAsk, setCanAsk] = useState(false);
  const [isWorking, setWorking] = useState(false);
  const [failure, setFailure] = useState("");
  const offer = useRef(null);

  const signIn = async (how) => {
    const { data: options } = await postToHub(`${PUBLIC}/options`);
    const credential = await usePasskey(options, how);
    await postToHub(`${PUBLIC}/sign-in`, { credential });
    const next = new URLSearchParams(window.location.search).get("next");
    // A whole new document: Reflex's socket keeps the cookies of the moment it was opened.
    window.location.assign(ownPath(next, after));
  };

  const say = (error) => setFailure(error instanceof HubError ? error.message : failedText);

  useEffect(() => {
    setCanAsk(hasPasskeys());
    const ended = new AbortController();
    offer.current = ended;
    (async () => {
      if (!(await canOfferQuietly()) || ended.signal.aborted) return;
      await signIn({ quietly: true, signal: ended.signal });
    })().catch((error) => {
      // Somebody chose one and the hub said no; everything else is an offer that nobody took up.
      if (error instanceof HubError && error.status !== 429 && error.status < 500) say(error);
    });
    return () => ended.abort();
  }, []);

  const ask = async () => {
    if (isWorking) return;
    offer.current?.abort();
    setFailure("");
    setWorking(true);
    try {
      await signIn({});
    } catch (error) {
      if (error instanceof DOMException && error.name !== "TimeoutError") setFailure(refusedText);
      else say(error);
      setWorking(false);
    }
  };

  if (!canAsk) return null;
  return (
    <div className="mt-4 flex flex-col gap-2">
      <button
        type="button"
        onClick={ask}
        aria-disabled={isWorking}
        className={QUIET}
      >
        {isWorking ? workingLabel : label}
      </button>
      <p role="alert" className="text-red text-sm empty:hidden">
        {failure}
      </p>
    </div>
  );
}
