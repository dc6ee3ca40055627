import { useState } from "react";

const keyOf = (name) => `letsbe:draft:${name}`;

/**
 * What is typed under a name, kept in this tab until it is sent, also over a reload. The name comes from the
 * address and never changes while the component lives, so that nothing that arrives later can replace a word.
 */
export function useDraft(name, initial = "") {
  const [text, setText] = useState(() => sessionStorage.getItem(keyOf(name)) ?? initial);
  const keep = (change) => {
    setText((before) => {
      const after = typeof change === "function" ? change(before) : change;
      if (after) sessionStorage.setItem(keyOf(name), after);
      else sessionStorage.removeItem(keyOf(name));
      return after;
    });
  };
  return [text, keep];
}

/** Nothing of what was begun is left for whoever uses the browser next. */
export function forgetDrafts() {
  Object.keys(sessionStorage)
    .filter((name) => name.startsWith(keyOf("")))
    .forEach((name) => sessionStorage.removeItem(name));
}

/** Both texts, the earlier one first; neither is lost. */
export const joined = (first, second) => [first, second].filter((text) => text.trim()).join("\n");

/** The text without what `joined` put before it. */
export const without = (text, first) =>
  text === first ? "" : text.startsWith(`${first}\n`) ? text.slice(first.length + 1) : text;
