/**
 * The messages of one conversation. What arrives from REST and from the stream meets here; the page subscribes
 * to the list of ids and to single messages, so that a word that streams in redraws its own message alone.
 */

const DONE = { completed: "completed", stopped: "stopped", failed: "failed", interrupted: "interrupted" };

const ON_ITS_WAY = new Set(["sending", "waiting"]);

/* How a tool call stands that has not ended. */
const OPEN = new Set(["running", "waiting"]);

export class ThreadStore {
  constructor() {
    this.messages = new Map();
    this.ids = [];
    this.running = "";
    this.isCalm = true;
    this.earlier = null;
    this.listListeners = new Set();
    this.messageListeners = new Map();
    /** How calls ended, by their id: an owner may decide when the answer that asked is long over. */
    this.outcomes = new Map();
    this.changes = [];
    this.changeListeners = new Set();
    /** Has a change put back; set by the conversation. */
    this.undo = null;
  }

  subscribeToChanges = (listener) => {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  };

  changesSnapshot = () => this.changes;

  /** What agents did to files in this conversation. */
  takeChanges(changes) {
    this.changes = changes;
    for (const listener of this.changeListeners) listener();
  }

  subscribe = (listener) => {
    this.listListeners.add(listener);
    return () => this.listListeners.delete(listener);
  };

  subscribeTo(id, listener) {
    const listeners = this.messageListeners.get(id) ?? new Set();
    this.messageListeners.set(id, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  listSnapshot = () => this.ids;
  runningSnapshot = () => this.running;
  /** Whether nothing is on its way in either direction: only then can something be said differently. */
  calmSnapshot = () => this.isCalm;
  get = (id) => this.messages.get(id);

  /** The newest thing that the person said; empty when they said nothing yet. */
  lastSaid() {
    const id = this.ids.findLast((known) => this.messages.get(known).role === "user");
    return id ? this.messages.get(id).text : "";
  }

  /** The newest page; keeps what streams and what was only just typed. */
  takeNewest(messages, nextCursor) {
    const isFirst = this.earlier === null;
    for (const message of messages) this.merge(message);
    if (isFirst) this.earlier = nextCursor ?? "";
    this.arrange();
  }

  takeEarlier(messages, nextCursor) {
    for (const message of messages) this.merge(message);
    this.earlier = nextCursor ?? "";
    this.arrange();
  }

  merge(message) {
    const known = this.messages.get(message.id);
    // A running answer has no text at the hub yet; what streamed in here knows more.
    if (known && message.status === "streaming") {
      this.put({ ...known, position: message.position, in_reply_to: message.in_reply_to });
    }
    else this.put({ ...known, ...message, lastEvent: known?.lastEvent });
  }

  /**
   * Forget what a page does not have any more: it was taken back, here or on another device.
   *
   * Only what was known before the page was asked for can be missing from it.
   */
  dropMissing(page, idsBefore) {
    const there = new Set(page.map((message) => message.id));
    const first = page.length ? page[0].position : 0;
    for (const id of idsBefore) {
      if (this.isPlaced(id) && this.messages.get(id).position >= first && !there.has(id)) this.messages.delete(id);
    }
    this.arrange();
  }

  /** Whether the hub has told where the message stands, so that it has it. */
  isPlaced(id) {
    return Number.isFinite(this.messages.get(id)?.position);
  }

  /** How many messages stand behind this one. */
  countAfter(id) {
    return this.ids.length - 1 - this.ids.indexOf(id);
  }

  addTyped(id, text, attachments = []) {
    this.put({ id, role: "user", status: "sending", text, attachments, tool_calls: [], position: Infinity });
    this.arrange();
  }

  /** A message and all behind it. */
  from(id) {
    return this.ids.slice(this.ids.indexOf(id));
  }

  /** Whether the hub has told the messages' places already or not yet. */
  takeBack(ids) {
    for (const id of ids) this.messages.delete(id);
    this.arrange();
  }

  remove(id) {
    this.messages.delete(id);
    this.arrange();
  }

  /** One event of a run, as `contracts.chat.RunEventBody`. */
  applyEvent({ id, run_id: runId, body }) {
    const isNew = !this.messages.has(runId);
    const message = this.messages.get(runId) ?? newAnswer(runId);
    this.put({ ...applied(message, body), lastEvent: id });
    if (body.type === "started" && body.in_reply_to) this.markDelivered(body.in_reply_to);
    if (isNew || body.type === "started" || body.type === "finished") this.arrange();
  }

  /** Events are missing: take the streamed text away, the hub's copy comes instead. */
  forget(runId) {
    const message = this.messages.get(runId);
    if (message) this.put({ ...newAnswer(runId), position: message.position, in_reply_to: message.in_reply_to });
  }

  markDelivered(id) {
    const message = this.messages.get(id);
    if (message && message.status !== "delivered") this.put({ ...message, status: "delivered" });
  }

  put(message) {
    const ended = message.tool_calls.filter((call) => !OPEN.has(call.status) && !this.outcomes.has(call.tool_call_id));
    for (const call of ended) this.outcomes.set(call.tool_call_id, call);
    this.keep(message);
    if (!ended.length) return;
    for (const other of this.messages.values()) {
      if (other.id !== message.id && other.tool_calls.some((call) => this.ended(call) !== call)) this.keep(other);
    }
  }

  keep(message) {
    this.messages.set(message.id, { ...message, tool_calls: message.tool_calls.map((call) => this.ended(call)) });
    for (const listener of this.messageListeners.get(message.id) ?? []) listener();
  }

  /** The call, with its end when a later message tells it. */
  ended(call) {
    const outcome = OPEN.has(call.status) ? this.outcomes.get(call.tool_call_id) : undefined;
    if (!outcome) return call;
    const { status, tier, is_external, reason, output } = outcome;
    return { ...call, status, tier, is_external, reason, output };
  }

  /** Put the ids in reading order; tell the list's readers only when it, or what they may do with it, changed. */
  arrange() {
    const all = [...this.messages.values()];
    const ordered = all
      .map((message, arrived) => ({ message, arrived }))
      .sort((a, b) => compare(a.message.position, b.message.position) || a.arrived - b.arrived)
      .map(({ message }) => message);
    const ids = ordered.map((message) => message.id);
    const running = ordered.findLast((message) => message.status === "streaming")?.id ?? "";
    const isCalm = !running && !ON_ITS_WAY.has(ordered.at(-1)?.status);
    const isSameList = ids.length === this.ids.length && ids.every((id, i) => id === this.ids[i]);
    if (isSameList && running === this.running && isCalm === this.isCalm) return;
    if (!isSameList) this.ids = ids;
    this.running = running;
    this.isCalm = isCalm;
    for (const listener of this.listListeners) listener();
  }
}

/** Calls that began in this answer. One that another answer began may end in it, and is shown there. */
export function begunIn(message) {
  return message.tool_calls.filter((call) => call.tool_name);
}

function compare(a, b) {
  return a === b ? 0 : a < b ? -1 : 1;
}

function newAnswer(id) {
  return {
    id, role: "agent", status: "streaming", text: "", note: "", in_reply_to: null, tool_calls: [], attachments: [],
    position: Infinity,
  };
}

function applied(message, body) {
  if (message.status !== "streaming") return message;
  switch (body.type) {
    case "started":
      return { ...message, in_reply_to: body.in_reply_to ?? message.in_reply_to };
    case "delta":
      return { ...message, text: message.text + body.text };
    case "tool_started":
      return withCall(message, body.tool_call_id, {
        tool_name: body.tool_name,
        summary: body.summary,
        status: "running",
      });
    case "tool_finished": {
      const { type: _type, ...outcome } = body;
      return withCall(message, body.tool_call_id, outcome);
    }
    case "approval_waiting":
      return withCall(message, body.tool_call_id, { approval_id: body.approval_id, approval: "waiting" });
    case "approval_settled":
      return withCall(message, body.tool_call_id, { approval_id: body.approval_id, approval: body.verdict });
    case "finished":
      return {
        ...message,
        status: DONE[body.outcome] ?? "completed",
        text: body.text || message.text,
        note: body.note,
        is_practice: body.is_practice,
      };
    default:
      return message;
  }
}

function withCall(message, callId, changes) {
  const calls = message.tool_calls;
  const known = calls.some((call) => call.tool_call_id === callId);
  const next = known
    ? calls.map((call) => (call.tool_call_id === callId ? { ...call, ...changes } : call))
    : [...calls, { tool_call_id: callId, tool_name: "", summary: "", status: "running", ...changes }];
  return { ...message, tool_calls: next };
}
