/** What this tab tried to send without learning whether it arrived, also over a reload. */

import { isAnswered } from "./hub_rest.js";
import { newId } from "./ids.js";

/** Beside the drafts, so that it goes with them when somebody signs out. */
const placeOf = (name) => `letsbe:draft:unsent:${name}`;

const read = (name) => JSON.parse(sessionStorage.getItem(placeOf(name)) ?? "null");

/**
 * Send words so that the same ones, sent again after an answer that got lost, are the same message.
 *
 * `name` says where they are said, `said` what tells them apart; `send(messageId)` sends them.
 */
export async function sendOnce(name, said, send) {
  const before = read(name);
  const isSame = JSON.stringify(before?.said) === JSON.stringify(said);
  const messageId = isSame ? before.messageId : newId("msg");
  sessionStorage.setItem(placeOf(name), JSON.stringify({ said, messageId }));
  try {
    const answer = await send(messageId);
    sessionStorage.removeItem(placeOf(name));
    return answer;
  } catch (error) {
    if (isAnswered(error)) sessionStorage.removeItem(placeOf(name));
    throw error;
  }
}

/** What turns out to have arrived, as one of these messages; undefined when nothing does. */
export function takeArrived(name, messages) {
  const before = read(name);
  if (!before || !messages.some(({ id }) => id === before.messageId)) return undefined;
  sessionStorage.removeItem(placeOf(name));
  return before.said;
}
