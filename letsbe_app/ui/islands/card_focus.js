const NEXT = "[data-approval]:has([data-shortcut]), #composer, main";

/**
 * Whoever decides with the keyboard goes on from where they were: a decided card loses its buttons and then goes,
 * and the focus would be back at the top of the page. It moves to the card, then to the next one or to where one
 * writes. Not after a tap: on a phone the keyboard would open. Returns the function that ends it.
 */
export function keepFocusNearCards() {
  let held = null;
  const onFocus = ({ target }) => {
    const card = target.closest("[data-approval]");
    if (card) held = card === held || target.matches(":focus-visible") ? card : null;
    else if (!target.closest("dialog")) held = null;
  };
  const onChange = () => {
    if (!held || document.activeElement !== document.body) return;
    const target = held.isConnected ? held : document.querySelector(NEXT);
    if (target === held) held.focus({ preventScroll: true });
    else target?.focus();
  };
  document.addEventListener("focusin", onFocus);
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", onFocus);
    observer.disconnect();
  };
}
