import { useEffect, useRef, useState } from "react";
import { hubStream } from "./stream.js";

const PATIENCE_MS = 3_000;
/** What no one announces (a server that fell silent) is seen by looking now and then. */
const LOOK_EVERY_MS = 30_000;
/** A page that shows placeholders for so long asks again: its load came to nothing, the database was away say. */
const LOAD_MS = 5_000;

/**
 * The page's ear: calls `onWake(topic, id)` when the hub says that something changed, and shows a line when the
 * connection is gone for longer than a moment.
 */
export function Live({ onWake, offlineText, reconnectingText }) {
  const [isLost, setIsLost] = useState(false);
  const [isOnline, setIsOnline] = useState(true);
  const wake = useRef(onWake);
  wake.current = onWake;

  useEffect(() => {
    const stream = hubStream();
    const endWakes = stream.onWake((topic, id) => wake.current?.(topic, id));
    const endLoss = stream.onLoss(setIsLost, PATIENCE_MS);
    const look = setInterval(() => {
      if (document.visibilityState === "visible") wake.current?.("tenant", "");
    }, LOOK_EVERY_MS);
    const load = setInterval(() => {
      if (!document.querySelector("main .skeleton")) clearInterval(load);
      else wake.current?.("resumed", "");
    }, LOAD_MS);
    const note = () => setIsOnline(navigator.onLine);
    note();
    window.addEventListener("online", note);
    window.addEventListener("offline", note);
    return () => {
      clearInterval(look);
      clearInterval(load);
      endWakes();
      endLoss();
      window.removeEventListener("online", note);
      window.removeEventListener("offline", note);
    };
  }, []);

  if (isOnline && !isLost) return null;
  return (
    <div
      role="status"
      className="rise pointer-events-none fixed z-40 top-2 inset-x-0 mx-auto w-fit max-w-[92vw] px-4 py-2 rounded-pill text-sm bg-card
        border border-yellow/60 text-yellow shadow-soft"
    >
      {isOnline ? reconnectingText : offlineText}
    </div>
  );
}
