// The browser's side of a conversation about boxes: JSON on standard input, JSON on standard output.
import { newKeyPair, open, publicKeyOf, seal, toBase64 } from "../../../../letsbe_app/ui/islands/sealed_box.js";
import { createInterface } from "node:readline";

const pair = await newKeyPair();
console.log(JSON.stringify({ publicKey: toBase64(await publicKeyOf(pair)) }));
for await (const line of createInterface({ input: process.stdin })) {
  const { text, publicKey, box, context } = JSON.parse(line);
  try {
    const answer = box ? { text: await open(box, pair, context) } : { box: await seal(text, publicKey, context) };
    console.log(JSON.stringify(answer));
  } catch (error) {
    console.log(JSON.stringify({ error: error.name }));
  }
}
