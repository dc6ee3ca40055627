// Two who say at the same moment where a page goes: `node --test`.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const SIGN_IN = { page: "/sign-in", returns: true };
let gone;
let departure;
let number = 0;

beforeEach(async () => {
  gone = [];
  globalThis.location = {
    pathname: "/portal/agents",
    search: "?a=1",
    hash: "",
    assign: (page) => gone.push(page),
  };
  number += 1;
  departure = await import(`../../../../letsbe_app/ui/islands/departure.js?${number}`);
});

test("the hub's word leads away and back", () => {
  departure.follow(SIGN_IN);
  departure.follow({ page: "/", returns: false });
  assert.deepEqual(gone, ["/sign-in?next=%2Fportal%2Fagents%3Fa%3D1", "/"]);
});

test("who signs out goes where that leads, whatever the hub says before and behind it", async () => {
  await departure.leaveBy(async () => {
    departure.follow(SIGN_IN);
    return "/";
  });
  departure.follow(SIGN_IN);
  assert.deepEqual(gone, ["/"]);
});

test("the hub's word holds when nobody left", async () => {
  await departure.leaveBy(async () => {
    departure.follow(SIGN_IN);
    return null;
  });
  departure.follow({ page: "/", returns: false });
  assert.deepEqual(gone, ["/sign-in?next=%2Fportal%2Fagents%3Fa%3D1", "/"]);
});

test("a failure leaves the hub's word in force", async () => {
  const failing = departure.leaveBy(async () => {
    departure.follow(SIGN_IN);
    throw new Error("no");
  });
  await assert.rejects(failing);
  assert.deepEqual(gone, ["/sign-in?next=%2Fportal%2Fagents%3Fa%3D1"]);
});
