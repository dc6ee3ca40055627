import { useEffect, useRef } from "react";

const named = (id) => document.querySelector(`[data-approval="${CSS.escape(id)}"]`);

/**
 * Brings the card that the address names behind its `#` into view and gives it the focus, as soon as it is there:
 * a tap on a notification leads to the question itself, for eyes, keys and screen readers. Whoever begins to do
 * something else meanwhile is left alone.
 */
export function AskedCard({ onAsk }) {
  const ask = useRef(onAsk);
  ask.current = onAsk;

  useEffect(() => {
    const observer = new MutationObserver(() => show());
    let wanted = "";

    const leaveAlone = () => {
      wanted = "";
      observer.disconnect();
    };
    // Looked at again with every change of the page: while it loads, a card may be drawn anew and lose the focus.
    const show = () => {
      const card = wanted && named(wanted);
      const { activeElement } = document;
      if (!card || card.contains(activeElement) || (activeElement && activeElement !== document.body)) return;
      card.scrollIntoView({ block: "start" });
      card.focus({ preventScroll: true });
    };
    const look = () => {
      leaveAlone();
      wanted = location.hash.slice(1);
      if (!wanted) return;
      document.activeElement?.blur();
      ask.current?.(wanted);
      observer.observe(document.body, { childList: true, subtree: true });
      show();
    };

    look();
    window.addEventListener("hashchange", look);
    window.addEventListener("pointerdown", leaveAlone);
    window.addEventListener("keydown", leaveAlone);
    return () => {
      leaveAlone();
      window.removeEventListener("hashchange", look);
      window.removeEventListener("pointerdown", leaveAlone);
      window.removeEventListener("keydown", leaveAlone);
    };
  }, []);
  return null;
}
