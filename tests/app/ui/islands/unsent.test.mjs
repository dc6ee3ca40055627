// Words that may have arrived without anybody here knowing: `node --test`.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const kept = new Map();
globalThis.sessionStorage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, text) => kept.set(name, text),
  removeItem: (name) => kept.delete(name),
};

const { HubError } = await import("../../../../letsbe_app/ui/islands/hub_rest.js");
const { sendOnce, takeArrived } = await import("../../../../letsbe_app/ui/islands/unsent.js");

const SAID = ["Order more flour", []];

/** The message ids that sending this came with. */
async function sent(said, error = null, name = "cnv_1") {
  let used = "";
  const sending = sendOnce(name, said, async (id) => {
    used = id;
    if (error) throw error;
  });
  await sending.catch(() => {});
  return used;
}

const lost = () => new TypeError("Failed to fetch");

beforeEach(() => kept.clear());

test("the same words after a lost answer are the same message", async () => {
  const first = await sent(SAID, lost());
  assert.equal(await sent(SAID), first);
  assert.notEqual(await sent(SAID), first);
});

test("other words, other files and another conversation are other messages", async () => {
  const first = await sent(SAID, lost());
  const others = [await sent(SAID, lost(), "cnv_2"), await sent([SAID[0], ["att_1"]], lost()), await sent(["No", []])];
  assert.equal(new Set([first, ...others]).size, 4);
});

test("what the hub refused is not sent under its id again", async () => {
  const first = await sent(SAID, new HubError("In use.", "conflict", 409));
  assert.notEqual(await sent(SAID), first);
});

test("what turns up after all is told once and is no longer unsent", async () => {
  const first = await sent(SAID, lost());
  assert.equal(takeArrived("cnv_1", [{ id: "msg_other" }]), undefined);
  assert.deepEqual(takeArrived("cnv_1", [{ id: "msg_other" }, { id: first }]), SAID);
  assert.equal(takeArrived("cnv_1", [{ id: first }]), undefined);
  assert.notEqual(await sent(SAID), first);
});
