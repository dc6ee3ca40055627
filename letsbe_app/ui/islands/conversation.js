/** One conversation between this tab and the hub: loads, follows, sends, stops. */

import { getFromHub, postToHub } from "./hub_rest.js";
import { ThreadStore } from "./thread_store.js";

const ROOT = "/api/v1/customer";
const CALM_MS = 250;
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** An id that the hub takes as the message's own, so that sending twice is one message. */
export function newMessageId() {
  const bytes = crypto.getRandomValues(new Uint8Array(26));
  return `msg_${Array.from(bytes, (byte) => ALPHABET[byte % 32]).join("")}`;
}

export async function startConversation(tenantId, agentId) {
  const { data } = await postToHub(`${ROOT}/tenants/${encodeURIComponent(tenantId)}/conversations`, {
    agent_id: agentId,
  });
  return data.id;
}

export class Conversation {
  constructor(id, stream) {
    this.id = id;
    this.stream = stream;
    this.store = new ThreadStore();
    this.path = `${ROOT}/conversations/${encodeURIComponent(id)}`;
    this.endings = [];
    this.timer = 0;
    this.isClosed = false;
  }

  /** Load the newest messages and follow what comes after; rejects when the first load fails. */
  async open() {
    const { data, meta } = await getFromHub(`${this.path}/messages`);
    if (this.isClosed) return;
    this.store.takeNewest(data, meta.next_cursor);
    this.endings.push(
      this.stream.watch(this.id, meta.resume_after, {
        onEvent: (frame) => this.store.applyEvent(frame),
        onGap: (frame) => {
          this.store.forget(frame.run_id);
          this.refreshSoon();
        },
      }),
      this.stream.onWake((topic, id) => {
        if (topic === "resumed" || (topic === "conversation" && id === this.id)) this.refreshSoon();
      }),
    );
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const end of this.endings) end();
  }

  async loadEarlier() {
    const { data, meta } = await getFromHub(
      `${this.path}/messages?before=${encodeURIComponent(this.store.earlier)}`,
    );
    this.store.takeEarlier(data, meta.next_cursor);
  }

  /** Several wakes at once are one load. */
  refreshSoon() {
    if (this.timer) return;
    this.timer = setTimeout(async () => {
      this.timer = 0;
      try {
        const { data, meta } = await getFromHub(`${this.path}/messages`);
        if (!this.isClosed) this.store.takeNewest(data, meta.next_cursor);
      } catch {
        // The stream keeps what is shown; the next wake tries again.
      }
    }, CALM_MS);
  }

  async send(text) {
    const messageId = newMessageId();
    this.store.addTyped(messageId, text);
    try {
      const { data } = await postToHub(`${this.path}/messages`, { message_id: messageId, text });
      this.store.takeNewest([data]);
    } catch (error) {
      this.store.remove(messageId);
      throw error;
    }
  }

  stop() {
    return postToHub(`${this.path}/stop`);
  }
}
