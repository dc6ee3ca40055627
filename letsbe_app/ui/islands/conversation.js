/** One conversation between this tab and the hub: loads, follows, sends, stops. */

import { getFromHub, postToHub } from "./hub_rest.js";
import { newId } from "./ids.js";
import { ThreadStore } from "./thread_store.js";

const ROOT = "/api/v1/customer";
const CALM_MS = 250;

/** An id that the hub takes as the message's own, so that sending twice is one message. */
export const newMessageId = () => newId("msg");

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
    this.asked = 0;
    this.shown = 0;
    this.isClosed = false;
    /** Called when the conversation was deleted elsewhere. */
    this.onGone = null;
  }

  /** Load the newest messages and follow what comes after; rejects when the first load fails. */
  async open() {
    const { data, meta } = await getFromHub(`${this.path}/messages`);
    if (this.isClosed) return;
    this.store.takeNewest(data, meta.next_cursor);
    this.store.undo = (id) => this.undo(id);
    this.loadChanges();
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
        if (topic === "resumed" || topic === "changes") this.loadChanges();
      }),
    );
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const end of this.endings) end();
  }

  /** What was done to files here, newest first; a page is enough for what can still be undone. */
  async loadChanges() {
    try {
      const { data } = await getFromHub(`${ROOT}/changes?conversation_id=${encodeURIComponent(this.id)}&limit=100`);
      if (!this.isClosed) this.store.takeChanges(data);
    } catch {
      // The tool's line stands without its way back; the next wake tries again.
    }
  }

  async undo(changeId) {
    await postToHub(`${ROOT}/changes/${encodeURIComponent(changeId)}/undo`);
    await this.loadChanges();
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
        await this.refresh();
      } catch (error) {
        if (error.status === 404) this.onGone?.();
        // Otherwise the stream keeps what is shown; the next wake tries again.
      }
    }, CALM_MS);
  }

  async refresh() {
    const before = this.store.ids;
    this.asked += 1;
    const load = this.asked;
    const { data, meta } = await getFromHub(`${this.path}/messages`);
    // An answer that comes after the one to a later question knows less: it would bring back what was taken back.
    if (this.isClosed || load < this.shown) return;
    this.shown = load;
    this.store.takeNewest(data, meta.next_cursor);
    this.store.dropMissing(data, before);
  }

  async send(text, files = []) {
    const messageId = newMessageId();
    this.store.addTyped(messageId, text, files);
    try {
      const { data } = await postToHub(`${this.path}/messages`, {
        message_id: messageId,
        text,
        attachments: files.map((file) => file.attachment_id),
      });
      this.store.takeNewest([data]);
    } catch (error) {
      this.store.remove(messageId);
      throw error;
    }
  }

  /** Say something else instead of an earlier message; what came after it is taken back. */
  edit(id, text) {
    return this.takeBack(id, "edit", { text });
  }

  /** Have an answer given anew. */
  regenerate(id) {
    return this.takeBack(id, "regenerate", {});
  }

  async takeBack(id, act, body) {
    const gone = this.store.from(id);
    await postToHub(`${this.path}/messages/${encodeURIComponent(id)}/${act}`, { message_id: newMessageId(), ...body });
    this.store.takeBack(gone);
    await this.refresh();
  }

  stop() {
    return postToHub(`${this.path}/stop`);
  }
}
