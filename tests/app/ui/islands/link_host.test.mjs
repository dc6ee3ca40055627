// Where a link of an agent's leads: `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { untoldHost, wordsOf } from "../../../../letsbe_app/ui/islands/link_host.js";

const host = (href, words) => untoldHost(href, words, "https://hub.example");

test("words that do not say where a link leads are followed by its host", () => {
  assert.equal(host("https://evil.example/a?b=c", "Sign in again"), "evil.example");
  assert.equal(host("https://evil.example", "https://bank.example"), "evil.example");
  assert.equal(host("https://bank.example@evil.example/", "https://bank.example@evil.example/"), "evil.example");
  assert.equal(host("https://bank.example.evil.example/", "bank.example"), "bank.example.evil.example");
  assert.equal(host("https://bank.example.evil/", "bank.example"), "bank.example.evil");
  assert.equal(host("https://bаnk.example/", "bаnk.example"), "xn--bnk-6cd.example");
  assert.equal(host("http://10.0.0.1:8080/x", "10.0.0.1"), "10.0.0.1:8080");
  assert.equal(host("mailto:a@evil.example", "Write to us"), "a@evil.example");
});

test("words that say it stay as they are", () => {
  assert.equal(host("https://blog.example/post?x#y", "https://blog.example/post?x#y"), "");
  assert.equal(host("http://www.blog.example", "www.blog.example"), "");
  assert.equal(host("https://Blog.example/", "Blog.example"), "");
  assert.equal(host("mailto:a@blog.example", "a@blog.example"), "");
});

test("a page of this site needs no word, and what is no address none either", () => {
  assert.equal(host("https://hub.example/portal/secrets", "your secrets"), "");
  assert.equal(host("https://[", "x"), "");
});

test("words are read from all that a link holds", () => {
  const link = { children: [{ value: "My " }, { children: [{ value: "bank" }] }, { type: "image" }] };
  assert.equal(wordsOf(link), "My bank");
  assert.equal(wordsOf(undefined), "");
});
