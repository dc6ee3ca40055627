// The live stream against a socket that plays by script: `node --test`.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { HubStream, isAfter } from "../../../../letsbe_app/ui/islands/stream.js";

class FakeSocket {
  static all = [];
  readyState = 0;
  sent = [];
  constructor() {
    FakeSocket.all.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.onopen();
  }
  receive(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  drop() {
    this.readyState = 3;
    this.onclose?.();
  }
}

function scene() {
  FakeSocket.all = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const stream = new HubStream({ url: "ws://hub", openSocket: () => new FakeSocket(), random: () => 0.5 });
  const seen = [];
  const follow = (conversation, after) =>
    stream.watch(conversation, after, {
      onEvent: (frame) => seen.push(frame.id),
      onGap: (frame) => seen.push(`gap ${frame.run_id}`),
    });
  return { stream, seen, follow, socket: () => FakeSocket.all.at(-1) };
}

const run = (id) => ({ type: "run", conversation_id: "c", id, run_id: "r", body: {} });

test("event ids are ordered by run, then by sequence", () => {
  assert.ok(isAfter("2-1", "1-99"));
  assert.ok(isAfter("1-10", "1-9"));
  assert.ok(!isAfter("1-9", "1-9"));
});

test("an event that comes twice is delivered once", () => {
  const { seen, follow, socket } = scene();
  follow("c", "1-0");
  socket().open();
  for (const id of ["1-1", "1-2", "1-2", "1-1", "1-3"]) socket().receive(run(id));
  assert.deepEqual(seen, ["1-1", "1-2", "1-3"]);
});

test("after a lost connection it resumes behind the last event", () => {
  const { seen, follow, socket } = scene();
  follow("c", "1-0");
  socket().open();
  socket().receive(run("1-1"));
  socket().drop();
  mock.timers.tick(400);
  assert.equal(FakeSocket.all.length, 2);
  socket().open();
  assert.deepEqual(socket().sent, [{ type: "watch", conversation_id: "c", after: "1-1" }]);
  socket().receive(run("1-1"));
  socket().receive(run("1-2"));
  assert.deepEqual(seen, ["1-1", "1-2"]);
});

test("it waits longer after each failure, up to a limit, with jitter", () => {
  const { stream, follow, socket } = scene();
  follow("c", "0-0");
  const waits = [];
  for (let round = 0; round < 8; round += 1) {
    socket().drop();
    let waited = 0;
    const before = FakeSocket.all.length;
    while (FakeSocket.all.length === before && waited < 60_000) {
      mock.timers.tick(100);
      waited += 100;
    }
    waits.push(waited);
  }
  assert.equal(stream.attempts, 8);
  assert.deepEqual(waits, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

test("a connection that is closed at once counts as a failure", () => {
  const { stream, follow, socket } = scene();
  follow("c", "0-0");
  for (let round = 0; round < 5; round += 1) {
    socket().open();
    socket().drop();
    mock.timers.tick(10_000);
  }
  assert.equal(stream.attempts, 5);
  socket().open();
  socket().receive({ type: "pong" });
  assert.equal(stream.attempts, 0);
});

test("a connection that answers no ping is given up", () => {
  const { follow, socket } = scene();
  follow("c", "0-0");
  socket().open();
  mock.timers.tick(25_000);
  assert.deepEqual(socket().sent.at(-1), { type: "ping" });
  mock.timers.tick(10_000);
  mock.timers.tick(1_000);
  assert.equal(FakeSocket.all.length, 2);
});

test("a pong keeps the connection", () => {
  const { follow, socket } = scene();
  follow("c", "0-0");
  socket().open();
  mock.timers.tick(25_000);
  socket().receive({ type: "pong" });
  mock.timers.tick(12_000);
  assert.equal(FakeSocket.all.length, 1);
});

test("wakes reach everybody, and each opening says that some may have been missed", () => {
  const { stream, socket } = scene();
  const wakes = [];
  stream.onWake((topic, id) => wakes.push(`${topic} ${id}`));
  socket().open();
  socket().receive({ type: "wake", topic: "approvals", id: "a1" });
  assert.deepEqual(wakes, ["resumed ", "approvals a1"]);
});

test("a conversation that is no longer watched is told to the hub and gets nothing", () => {
  const { seen, follow, socket } = scene();
  const end = follow("c", "0-0");
  socket().open();
  end();
  socket().receive(run("1-1"));
  assert.deepEqual(socket().sent.at(-1), { type: "unwatch", conversation_id: "c" });
  assert.deepEqual(seen, []);
});

test("a gap is told to the one who watches", () => {
  const { seen, follow, socket } = scene();
  follow("c", "0-0");
  socket().open();
  socket().receive({ type: "gap", conversation_id: "c", run_id: "r7" });
  assert.deepEqual(seen, ["gap r7"]);
});

test.after(() => mock.timers.reset());

test("a loss is told after a moment, however often the connection is tried again meanwhile", () => {
  const { stream, socket } = scene();
  const told = [];
  stream.onLoss((isLost) => told.push(isLost), 3_000);
  stream.start();
  socket().open();
  socket().drop();
  for (let i = 0; i < 8; i += 1) {
    mock.timers.tick(1_000);
    if (socket().readyState === 0) socket().drop();
  }
  assert.deepEqual(told, [false, true]);

  mock.timers.tick(20_000);
  socket().open();
  assert.deepEqual(told, [false, true, false]);
});

test("a short loss is not told", () => {
  const { stream, socket } = scene();
  const told = [];
  const end = stream.onLoss((isLost) => told.push(isLost), 3_000);
  stream.start();
  socket().open();
  socket().drop();
  mock.timers.tick(500);
  socket().open();
  mock.timers.tick(5_000);
  assert.deepEqual(told, [false, false]);
  socket().drop();
  end();
  mock.timers.tick(5_000);
  assert.deepEqual(told, [false, false]);
});

test("a connection that died in its sleep is found out when somebody looks", () => {
  const { stream, socket } = scene();
  stream.start();
  socket().open();
  stream.hurry();
  assert.deepEqual(socket().sent.at(-1), { type: "ping" });
  mock.timers.tick(10_000);
  assert.equal(stream.status, "lost");
});
