import { useState } from "react";
import { SMALL } from "./look.js";

/** Copies `text`, or what it gives as a function; for two seconds it says so. */
export function CopyButton({ text, label, done }) {
  const [isDone, setIsDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "function" ? text() : text);
    } catch {
      return; // The browser does not let pages copy: the text stands there to be marked.
    }
    setIsDone(true);
    setTimeout(() => setIsDone(false), 2000);
  };
  return (
    <button
      type="button"
      onClick={copy}
      className={SMALL}
    >
      <span aria-live="polite">{isDone ? done : label}</span>
    </button>
  );
}
