// Where REST and the stream meet: `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadStore, begunIn } from "../../../../letsbe_app/ui/islands/thread_store.js";

const said = (id, position, changes = {}) => ({
  id,
  position,
  role: "user",
  status: "delivered",
  text: id,
  tool_calls: [],
  ...changes,
});
const event = (id, body) => ({ id, run_id: "r1", body });

test("an answer grows by its events and ends with the whole text", () => {
  const store = new ThreadStore();
  store.applyEvent(event("1-1", { type: "started", agent_id: "a" }));
  store.applyEvent(event("1-2", { type: "delta", text: "Hel" }));
  store.applyEvent(event("1-3", { type: "delta", text: "lo" }));
  assert.equal(store.get("r1").text, "Hello");
  assert.equal(store.runningSnapshot(), "r1");
  store.applyEvent(event("1-4", { type: "finished", outcome: "stopped", text: "Hello!", note: "n" }));
  assert.deepEqual(
    [store.get("r1").status, store.get("r1").text, store.get("r1").note, store.runningSnapshot()],
    ["stopped", "Hello!", "n", ""],
  );
});

test("an answer that came live says what it answers, as its copy at the hub does", () => {
  const store = new ThreadStore();
  store.takeNewest([said("m1", 1)], null);
  store.applyEvent(event("1-1", { type: "started", in_reply_to: "m1" }));
  store.applyEvent(event("1-2", { type: "finished", outcome: "completed", text: "Done" }));
  assert.equal(store.get("r1").in_reply_to, "m1");
});

test("an answer whose beginning was missed learns from the hub what it answers", () => {
  const store = new ThreadStore();
  store.applyEvent(event("1-2", { type: "delta", text: "half" }));
  store.takeNewest([said("r1", 2, { role: "agent", status: "streaming", in_reply_to: "m1" })], null);
  store.forget("r1");
  assert.equal(store.get("r1").in_reply_to, "m1");
});

test("the list's readers hear when the last message is no longer on its way", () => {
  const store = new ThreadStore();
  store.addTyped("m1", "Hello");
  assert.equal(store.calmSnapshot(), false);
  const told = [];
  store.subscribe(() => told.push(store.calmSnapshot()));
  store.takeNewest([said("m1", 1, { status: "waiting" })], null);
  store.takeNewest([said("m1", 1, { status: "failed" })], null);
  assert.deepEqual(told, [true]);
});

test("a page that was loaded meanwhile does not take streamed text away", () => {
  const store = new ThreadStore();
  store.applyEvent(event("1-1", { type: "delta", text: "half" }));
  store.takeNewest([said("m1", 1), said("r1", 2, { role: "agent", status: "streaming", text: "" })], null);
  assert.equal(store.get("r1").text, "half");
  assert.deepEqual(store.listSnapshot(), ["m1", "r1"]);
});

test("what comes after the end changes nothing", () => {
  const store = new ThreadStore();
  store.takeNewest([said("r1", 1, { role: "agent", status: "completed", text: "all of it" })], null);
  store.applyEvent(event("1-2", { type: "delta", text: "again" }));
  assert.equal(store.get("r1").text, "all of it");
});

test("a typed message keeps its place when the hub has taken it", () => {
  const store = new ThreadStore();
  store.takeNewest([said("m1", 1)], null);
  store.addTyped("m2", "mine");
  store.applyEvent(event("1-1", { type: "started", in_reply_to: "m2" }));
  store.takeNewest([said("m2", 2, { status: "waiting", text: "mine" })]);
  assert.deepEqual(store.listSnapshot(), ["m1", "m2", "r1"]);
});

test("a delta tells the readers of its own message alone", () => {
  const store = new ThreadStore();
  store.takeNewest([said("m1", 1), said("r1", 2, { role: "agent", status: "streaming" })], null);
  const told = [];
  store.subscribe(() => told.push("list"));
  store.subscribeTo("m1", () => told.push("m1"));
  store.subscribeTo("r1", () => told.push("r1"));
  store.applyEvent(event("1-2", { type: "delta", text: "x" }));
  assert.deepEqual(told, ["r1"]);
});

test("a tool call goes from running over waiting to its end", () => {
  const store = new ThreadStore();
  const call = () => store.get("r1").tool_calls[0];
  const about = { tool_call_id: "t" };
  store.applyEvent(event("1-1", { type: "tool_started", ...about, tool_name: "shell", summary: "rm x" }));
  store.applyEvent(event("1-2", { type: "approval_waiting", ...about, approval_id: "a" }));
  assert.deepEqual([call().status, call().approval], ["running", "waiting"]);
  store.applyEvent(event("1-3", { type: "approval_settled", ...about, approval_id: "a", verdict: "deny" }));
  store.applyEvent(event("1-4", { type: "tool_finished", ...about, status: "denied", tier: "RED", output: "" }));
  assert.deepEqual(
    [call().status, call().approval, call().tier, call().summary],
    ["denied", "deny", "RED", "rm x"],
  );
});

test("a call that ends in a later answer has ended in the one that asked as well", () => {
  const store = new ThreadStore();
  const about = { tool_call_id: "t" };
  const told = [];
  store.subscribeTo("r1", () => told.push(store.get("r1").tool_calls[0].status));
  store.applyEvent(event("1-1", { type: "tool_started", ...about, tool_name: "shell", summary: "rm x" }));
  store.applyEvent(event("1-2", { type: "tool_finished", ...about, status: "waiting", tier: "RED", output: "" }));
  store.applyEvent(event("1-3", { type: "finished", outcome: "completed", text: "It waits.", note: "" }));
  const late = { ...event("2-1", { type: "tool_finished", ...about, status: "denied", tier: "RED", reason: "No." }), run_id: "r2" };
  store.applyEvent(late);
  assert.deepEqual(told, ["running", "waiting", "waiting", "denied"]);
  assert.deepEqual([begunIn(store.get("r1")).length, begunIn(store.get("r2")).length], [1, 0]);
  // A page that is loaded later knows only what was there when the answer ended.
  const calls = [{ ...about, tool_name: "shell", summary: "rm x", status: "running", approval_id: "a" }];
  store.takeEarlier([said("r0", 0, { role: "agent", status: "completed", tool_calls: calls })], null);
  const [call] = store.get("r0").tool_calls;
  assert.deepEqual([call.status, call.reason, call.summary], ["denied", "No.", "rm x"]);
});

test("a gap takes the broken text away, and the hub's copy comes instead", () => {
  const store = new ThreadStore();
  store.applyEvent(event("1-1", { type: "delta", text: "bro" }));
  store.forget("r1");
  assert.equal(store.get("r1").text, "");
  store.takeNewest([said("r1", 1, { role: "agent", status: "completed", text: "whole" })], null);
  assert.equal(store.get("r1").text, "whole");
});

test("earlier messages come before, and the way to those before them is kept", () => {
  const store = new ThreadStore();
  store.takeNewest([said("m3", 3)], "3");
  store.takeEarlier([said("m1", 1), said("m2", 2)], null);
  store.takeNewest([said("m3", 3), said("m4", 4)], "3");
  assert.deepEqual(store.listSnapshot(), ["m1", "m2", "m3", "m4"]);
  assert.equal(store.earlier, "");
});

test("a stale delivered state never falls back from a run's own text", () => {
  const store = new ThreadStore();
  store.takeNewest([said("m1", 1, { status: "waiting" })], null);
  store.applyEvent(event("1-1", { type: "started", in_reply_to: "m1" }));
  assert.equal(store.get("m1").status, "delivered");
});

test("what was taken back elsewhere goes, what came meanwhile and what lies before stays", () => {
  const store = new ThreadStore();
  store.takeNewest([said("m1", 1), said("m2", 2), said("r2", 3, { role: "agent", status: "completed" })], null);
  const before = store.listSnapshot();
  store.addTyped("m4", "typed meanwhile");
  store.takeNewest([said("m5", 4)]);
  const page = [said("m2", 2)];
  store.takeNewest(page, null);
  store.dropMissing(page, before);
  assert.deepEqual(store.listSnapshot(), ["m1", "m2", "m5", "m4"]);
  store.dropMissing([], ["m1", "m2"]);
  assert.deepEqual(store.listSnapshot(), ["m5", "m4"]);
});

test("readers of changes are told of them", () => {
  const store = new ThreadStore();
  const told = [];
  store.subscribeToChanges(() => told.push(store.changesSnapshot().length));
  store.takeChanges([{ id: "chg_1", tool_call_id: "c1" }]);
  assert.deepEqual(told, [1]);
});

test("an answer is taken back before the hub has told its place", () => {
  const store = new ThreadStore();
  store.takeNewest([said("m1", 1)], null);
  store.applyEvent(event("1-1", { type: "started", in_reply_to: "m1" }));
  store.applyEvent(event("1-2", { type: "finished", outcome: "completed", text: "Red roses." }));
  const [, answer] = store.listSnapshot();
  store.takeBack(store.from(answer));
  assert.deepEqual(store.listSnapshot(), ["m1"]);
});
