// Where a page may lead after a sign-in: `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ownPath } from "../../../../letsbe_app/ui/islands/own_path.js";

const HUB = "https://hub.example";
const after = (wanted) => ownPath(wanted, "/portal", HUB);

test("a page of this site is gone to", () => {
  for (const path of ["/portal/chat", "/portal/approvals?x=1#apr_1", "/", "/a//b"]) {
    assert.equal(after(path), HUB + path);
  }
});

test("no other site is", () => {
  const others = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n\\evil.example", "\t//evil.example",
    "https://evil.example", "https:evil.example", "//hub.example@evil.example", "//hub.example:8443", "///evil.example",
    "javascript:alert(1)", "data:text/html,x", " //evil.example", "//[", "evil", "", null, undefined,
  ];
  for (const wanted of others) assert.equal(after(wanted), "/portal", JSON.stringify(wanted));
});

test("what looks like a path stays with the hub", () => {
  for (const path of ["/.//evil.example", "/x/..//evil.example"]) {
    assert.equal(new URL(after(path), "https://anywhere.example").origin, HUB);
  }
});
