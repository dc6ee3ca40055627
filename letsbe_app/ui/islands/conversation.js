/** One conversation between this tab and the hub: loads, follows, sends, stops. */

import { getFromHub, postToHub } from "./hub_rest.js";
import { ThreadStore } from "./thread_store.js";
import { sendOnce, takeArrived } from "./unsent.js";

const ROOT = "/api/v1/customer";
const CALM_MS = 250;

export async function startConversation(tenantId, agentId) {
  const { data } = await postToHub(`${ROOT}/tenants/${encodeURIComponent(tenantId)}/conversations`, {
    agent_id: agentId,
  });
  return data.id;
}

/** Say something in a conversation, once; `onId` is told the message's id before it goes. */
export async function sendMessage(conversationId, text, files, onId = () => {}) {
  const attachments = files.map((file) => file.attachment_id);
  const path = `${ROOT}/conversations/${encodeURIComponent(conversationId)}/messages`;
  const { data } = await sendOnce(conversationId, [text, attachments], (messageId) => {
    onId(messageId);
    return postToHub(path, { message_id: messageId, text, attachments });
  });
  return data;
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
    /** Called with a text that was given back as not sent, and had arrived after all. */
    this.onArrived = null;
  }

  /** Load the newest messages and follow what comes after; rejects when the first load fails. */
  async open() {
    const { data, meta } = await getFromHub(`${this.path}/messages`);
    if (this.isClosed) return;
    this.takeNewest(data, meta);
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
    this.takeNewest(data, meta);
    this.store.dropMissing(data, before);
  }

  takeNewest(messages, { next_cursor: nextCursor }) {
    this.store.takeNewest(messages, nextCursor);
    const arrived = takeArrived(this.id, messages);
    if (arrived) this.onArrived?.(arrived[0]);
  }

  async send(text, files = []) {
    let typed = "";
    try {
      const message = await sendMessage(this.id, text, files, (id) => {
        typed = id;
        this.store.addTyped(id, text, files);
      });
      this.store.takeNewest([message]);
    } catch (error) {
      // Its answer got lost, and it was seen here meanwhile.
      if (this.store.isPlaced(typed)) return;
      this.store.remove(typed);
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
    const path = `${this.path}/messages/${encodeURIComponent(id)}/${act}`;
    await sendOnce(`${id}:${act}`, body, (messageId) => postToHub(path, { message_id: messageId, ...body }));
    this.store.takeBack(gone);
    await this.refresh();
  }

  stop() {
    return postToHub(`${this.path}/stop`);
  }
}
