/**
 * The hub's live stream: one websocket per tab, shared by everything on the page.
 *
 * It says what changed (`onWake`) and carries the events of running answers (`watch`). It comes back by itself
 * after a lost connection and resumes each watched conversation after the last event that was delivered.
 */

const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 10_000;
const BACKOFF_FIRST_MS = 400;
const BACKOFF_MOST_MS = 20_000;

/** Order of event ids such as "3-17". */
export function isAfter(id, other) {
  const [run, seq] = id.split("-").map(Number);
  const [otherRun, otherSeq] = other.split("-").map(Number);
  return run > otherRun || (run === otherRun && seq > otherSeq);
}

export class HubStream {
  constructor({ url, openSocket = (address) => new WebSocket(address), random = Math.random }) {
    this.url = url;
    this.openSocket = openSocket;
    this.random = random;
    this.socket = null;
    this.status = "idle";
    this.attempts = 0;
    this.watches = new Map();
    this.wakeListeners = new Set();
    this.statusListeners = new Set();
    this.timers = { retry: 0, ping: 0, pong: 0 };
  }

  /** Called with (topic, id); topic "resumed" means that wakes may have been missed until now. */
  onWake(listener) {
    this.wakeListeners.add(listener);
    this.start();
    return () => this.wakeListeners.delete(listener);
  }

  onStatus(listener) {
    this.statusListeners.add(listener);
    listener(this.status);
    return () => this.statusListeners.delete(listener);
  }

  /**
   * Called with true once the connection has been away for `patienceMs`, however often it was tried again meanwhile,
   * and with false when it is there.
   */
  onLoss(listener, patienceMs) {
    let timer = 0;
    const end = this.onStatus((status) => {
      if (status === "open") {
        clearTimeout(timer);
        timer = 0;
        listener(false);
      } else if (!timer) {
        timer = setTimeout(() => listener(true), patienceMs);
      }
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }

  /**
   * Follow a conversation from after an event id. `onEvent(frame)` gets each event once and in order,
   * `onGap(frame)` says that events are missing. Returns the function that ends it.
   */
  watch(conversationId, after, { onEvent, onGap }) {
    const watch = { after, onEvent, onGap };
    this.watches.set(conversationId, watch);
    this.start();
    this.send({ type: "watch", conversation_id: conversationId, after });
    return () => {
      if (this.watches.get(conversationId) !== watch) return;
      this.watches.delete(conversationId);
      this.send({ type: "unwatch", conversation_id: conversationId });
    };
  }

  start() {
    if (this.socket || this.timers.retry) return;
    this.connect();
  }

  /** Try at once: the network is back, or somebody looks at the page again, perhaps after a night's sleep. */
  hurry() {
    if (this.status === "open") this.ping();
    if (this.status === "open" || !this.timers.retry) return;
    clearTimeout(this.timers.retry);
    this.timers.retry = 0;
    this.connect();
  }

  connect() {
    const socket = this.openSocket(this.url);
    this.socket = socket;
    this.setStatus("connecting");
    socket.onopen = () => this.opened();
    socket.onmessage = ({ data }) => this.received(JSON.parse(data));
    socket.onclose = () => this.socket === socket && this.lost();
  }

  opened() {
    this.setStatus("open");
    for (const [conversationId, { after }] of this.watches) {
      this.send({ type: "watch", conversation_id: conversationId, after });
    }
    this.timers.ping = setInterval(() => this.ping(), PING_EVERY_MS);
    // Also the first time: something may have changed between the page's loading and now.
    this.wake("resumed", "");
  }

  lost() {
    clearInterval(this.timers.ping);
    clearTimeout(this.timers.pong);
    this.socket = null;
    this.setStatus("lost");
    const most = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** this.attempts);
    this.attempts += 1;
    // Full jitter: after a restart of the hub its pages do not all return at once.
    this.timers.retry = setTimeout(() => {
      this.timers.retry = 0;
      this.connect();
    }, this.random() * most);
  }

  ping() {
    this.send({ type: "ping" });
    clearTimeout(this.timers.pong);
    this.timers.pong = setTimeout(() => this.drop(), PONG_WITHIN_MS);
  }

  /** Give a silent connection up without waiting for its close handshake. */
  drop() {
    const socket = this.socket;
    if (!socket) return;
    socket.onclose = null;
    socket.close();
    this.lost();
  }

  received(frame) {
    // Not when it opens: the hub also opens what it then closes at once, for whoever is signed out.
    this.attempts = 0;
    if (frame.type === "pong") clearTimeout(this.timers.pong);
    else if (frame.type === "wake") this.wake(frame.topic, frame.id ?? "");
    else if (frame.type === "run") this.deliver(frame);
    else if (frame.type === "gap") this.watches.get(frame.conversation_id)?.onGap(frame);
  }

  deliver(frame) {
    const watch = this.watches.get(frame.conversation_id);
    if (!watch || !isAfter(frame.id, watch.after)) return;
    watch.after = frame.id;
    watch.onEvent(frame);
  }

  wake(topic, id) {
    for (const listener of this.wakeListeners) listener(topic, id);
  }

  send(frame) {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame));
  }

  setStatus(status) {
    this.status = status;
    for (const listener of this.statusListeners) listener(status);
  }
}

let shared = null;

/** The stream of this tab. */
export function hubStream() {
  if (!shared) {
    shared = new HubStream({ url: `${location.origin.replace(/^http/, "ws")}/api/v1/customer/stream` });
    window.addEventListener("online", () => shared.hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && shared.hurry());
  }
  return shared;
}
