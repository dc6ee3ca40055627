import { useState } from "react";

/** Copies `text`; for two seconds it says so. */
export function CopyButton({ text, label, done }) {
  const [isDone, setIsDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setIsDone(true);
    setTimeout(() => setIsDone(false), 2000);
  };
  return (
    <button
      type="button"
      onClick={copy}
      className="min-h-target px-2 text-sm text-muted hover:text-ink rounded-control cursor-pointer"
    >
      <span aria-live="polite">{isDone ? done : label}</span>
    </button>
  );
}
