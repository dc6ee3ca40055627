// Changes over a line that loses answers: `node --test`.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

globalThis.location = { protocol: "http:" };
globalThis.document = { cookie: "letsbe_csrf=token" };

const { HubError, deleteAtHub, getFromHub, postToHub } = await import("../../../../letsbe_app/ui/islands/hub_rest.js");

const LOST = new TypeError("Failed to fetch");
const answer = (status, body) => ({ ok: status < 400, status, json: async () => body });
const yes = (data = {}) => answer(201, { success: true, data });
const no = (status, code) => answer(status, { success: false, error: { code, message: "No." } });

let sent = [];

/** Plays the network: one answer, or one failure, for each request; pauses end at once. */
function plays(...answers) {
  mock.method(globalThis, "setTimeout", (done) => void queueMicrotask(done));
  mock.method(globalThis, "fetch", async (path, { method, headers, body }) => {
    sent.push({ path, method, body, key: headers["Idempotency-Key"] });
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  });
}

const keys = () => sent.map(({ key }) => key);

beforeEach(() => {
  sent = [];
  mock.restoreAll();
});

test("a change whose answer gets lost is sent again under its key", async () => {
  plays(LOST, answer(502, null), yes({ id: "agt_1" }));
  assert.equal((await postToHub("/api/v1/customer/agents", { name: "Mia" })).data.id, "agt_1");
  assert.equal(sent.length, 3);
  assert.equal(new Set(keys()).size, 1);
  assert.equal(new Set(sent.map(({ body }) => body)).size, 1);
});

test("while the first try is still being worked on its answer is waited for", async () => {
  plays(LOST, no(409, "idempotency_in_progress"), yes());
  await deleteAtHub("/api/v1/customer/conversations/cnv_1");
  assert.equal(new Set(keys()).size, 1);
});

test("the same button pressed again after all tries goes under the same key", async () => {
  plays(LOST, LOST, LOST, yes());
  await assert.rejects(postToHub("/api/v1/customer/api-keys", { name: "Till" }), TypeError);
  await postToHub("/api/v1/customer/api-keys", { name: "Till" });
  assert.equal(new Set(keys()).size, 1);
});

test("something else, and the same after an answer, is another change", async () => {
  plays(LOST, LOST, LOST, yes(), yes(), yes());
  await assert.rejects(postToHub("/api/v1/customer/api-keys", { name: "Till" }));
  await postToHub("/api/v1/customer/api-keys", { name: "Shop" });
  await postToHub("/api/v1/customer/api-keys", { name: "Shop" });
  await postToHub("/api/v1/customer/api-keys", { name: "Till" });
  assert.equal(new Set(keys()).size, 4);
});

test("what the hub refuses is told at once, and may be tried as something new", async () => {
  plays(no(422, "invalid_input"), no(429, "rate_limited"), yes());
  for (const code of ["invalid_input", "rate_limited"]) {
    await assert.rejects(postToHub("/api/v1/customer/webhooks", { url: "x" }), (error) => error instanceof HubError && error.code === code);
  }
  await postToHub("/api/v1/customer/webhooks", { url: "x" });
  assert.equal(new Set(keys()).size, 3);
});

test("a mistake of the hub's own is told, and the key kept: nobody knows what was done", async () => {
  plays(no(500, "internal_error"), yes());
  await assert.rejects(postToHub("/api/v1/customer/webhooks", { url: "y" }));
  await postToHub("/api/v1/customer/webhooks", { url: "y" });
  assert.equal(new Set(keys()).size, 1);
});

test("reading and signing in carry no key and are sent once", async () => {
  plays(LOST, LOST);
  await assert.rejects(getFromHub("/api/v1/customer/approvals"));
  await assert.rejects(postToHub("/api/v1/public/sign-in", { email: "a@b.example" }));
  assert.deepEqual(keys(), [undefined, undefined]);
});

test("who gives up is not kept waiting", async () => {
  plays(LOST, yes());
  const aborter = new AbortController();
  const wanted = postToHub("/api/v1/customer/attachments", { id: "att_1" }, aborter.signal);
  aborter.abort(new Error("closed"));
  await assert.rejects(wanted);
  assert.equal(sent.length, 1);
});
