import { useEffect, useState } from "react";
import { keepFocusNearCards } from "./card_focus.js";
import { Dialog } from "./dialog.jsx";

const TYPING = "input, textarea, select, [contenteditable], dialog";
const CARD_KEYS = new Set(["a", "x", "e"]);
/** Different keys that follow each other faster are somebody typing who thinks that the focus is elsewhere. */
const TYPING_MS = 600;

/**
 * A stray key decides nothing: the first press brings the newest card into view, and only on a card that has the
 * focus a key acts, unless it comes in the middle of a word.
 */
function actOnCard(key, isTyped) {
  const focused = document.activeElement?.closest("[data-approval]");
  const card = focused ?? document.querySelector("[data-approval]:has([data-shortcut])");
  if (!card) return false;
  const control = card.querySelector(`[data-shortcut="${key}"]`);
  if (!focused) {
    card.scrollIntoView({ block: "nearest" });
    card.focus();
  } else if (control && !isTyped) {
    control.focus();
    control.click();
  }
  return true;
}

/** Opens the conversation below (1) or above (-1) the open one. */
function goThrough(distance) {
  const threads = [...document.querySelectorAll("[data-thread]")].filter((link) => link.getClientRects().length);
  const open = threads.findIndex((link) => link.getAttribute("aria-current") === "page");
  const next = threads[open === -1 ? 0 : open + distance];
  if (!next) return false;
  next.click();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

/** Keys of the portal, and the list of them. `keys` is `[[key, what it does]]`. */
export function Shortcuts({ title, closeLabel, keys }) {
  const [isListOpen, setIsListOpen] = useState(false);

  useEffect(() => {
    let last = { key: "", at: -Infinity };
    const act = (key, isTyped) => {
      if (CARD_KEYS.has(key)) return actOnCard(key, isTyped);
      if (key === "j") return goThrough(1);
      if (key === "k") return goThrough(-1);
      if (key !== "?") return false;
      setIsListOpen(true);
      return true;
    };
    const onKey = (event) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
      if (!isPlain || event.target.closest?.(TYPING)) return;
      const isTyped = event.key !== last.key && event.timeStamp - last.at < TYPING_MS;
      if (event.key.length === 1) last = { key: event.key, at: event.timeStamp };
      if (act(event.key, isTyped)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    const endCare = keepFocusNearCards();
    return () => {
      window.removeEventListener("keydown", onKey);
      endCare();
    };
  }, []);

  return (
    <Dialog open={isListOpen} title={title} closeLabel={closeLabel} onDismiss={() => setIsListOpen(false)}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 items-baseline">
        {keys.map(([key, meaning]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="font-mono text-sm px-2 py-0.5 rounded-control bg-sunken border border-line">{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
