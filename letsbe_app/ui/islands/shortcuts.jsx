import { useEffect } from "react";

const TYPING = "input, textarea, select, [contenteditable], dialog";

/**
 * `a` and `x` on approval cards. A stray key decides nothing: the first press brings the newest card into view,
 * and only on a card that has the focus a key acts.
 */
export function Shortcuts() {
  useEffect(() => {
    const onKey = (event) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
      if (!isPlain || (event.key !== "a" && event.key !== "x") || event.target.closest?.(TYPING)) return;
      const focused = document.activeElement?.closest("[data-approval]");
      const card = focused ?? document.querySelector("[data-approval]:has([data-shortcut])");
      if (!card) return;
      event.preventDefault();
      const control = card.querySelector(`[data-shortcut="${event.key}"]`);
      if (!focused) {
        card.scrollIntoView({ block: "nearest" });
        card.focus();
      } else if (control) {
        control.focus();
        control.click();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return null;
}
