// Which files may go to an agent: `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { problemOf, sizeText } from "../../../../letsbe_app/ui/islands/attachments.js";

const LIMITS = { count: 2, bytes: 1000, suffixes: ["pdf", "png"] };
const file = (name, size) => ({ name, size });

test("a file is refused for what it is, before anything is sent", () => {
  assert.equal(problemOf(file("a.pdf", 10), LIMITS, 0), "");
  assert.equal(problemOf(file("A.PNG", 1000), LIMITS, 1), "");
  assert.equal(problemOf(file("a.pdf", 10), LIMITS, 2), "file_too_many");
  assert.equal(problemOf(file("a.pdf", 0), LIMITS, 0), "file_empty");
  assert.equal(problemOf(file("a.pdf", 1001), LIMITS, 0), "file_too_large");
  assert.equal(problemOf(file("a.exe", 10), LIMITS, 0), "file_wrong_kind");
  assert.equal(problemOf(file("pdf", 10), LIMITS, 0), "file_wrong_kind");
});

test("sizes are told as people say them", () => {
  assert.deepEqual([1, 999, 1500, 12_345, 2_500_000].map(sizeText), ["1 B", "999 B", "1.5 kB", "12 kB", "2.5 MB"]);
});
