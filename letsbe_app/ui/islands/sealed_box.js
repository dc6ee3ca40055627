/**
 * Boxes that only one side can open; the other side is `tenant_daemon/vault/sealing.py`.
 *
 * X25519 with a key pair for this one box, HKDF-SHA-256, AES-256-GCM. What the box is for is part of the key.
 * version 1 | the sender's public key, 32 bytes | ciphertext and tag, all base64
 */

const LABEL = "letsbe sealed box 1\n";
const KEY_BYTES = 32;
/** Bytes that become text at a time: a call takes a bounded number of arguments. */
const PIECE = 8192;
const utf8 = new TextEncoder();

/** This browser cannot seal, or the page is not on a safe connection: nothing was sent. */
export class CannotSeal extends Error {}

export function toBase64(bytes) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  }
  return btoa(pieces.join(""));
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A key pair whose private half cannot be read, not even by this page. */
export async function newKeyPair() {
  // `subtle` is there on https and on this machine alone (W3C, Secure Contexts).
  if (!globalThis.crypto?.subtle) throw new CannotSeal();
  try {
    return await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
  } catch {
    throw new CannotSeal();
  }
}

export async function publicKeyOf(pair) {
  return new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
}

async function derive(privateKey, otherPublic, sender, recipient, context, usage) {
  const other = await crypto.subtle.importKey("raw", otherPublic, { name: "X25519" }, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "X25519", public: other }, privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const salt = new Uint8Array([...sender, ...recipient]);
  const info = utf8.encode(LABEL + context);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, secret, 44 * 8);
  const key = await crypto.subtle.importKey("raw", bits.slice(0, 32), "AES-GCM", false, [usage]);
  return { key, iv: new Uint8Array(bits.slice(32)) };
}

/** A box with this text for the owner of `publicKey` (base64). */
export const seal = async (text, publicKey, context) =>
  toBase64(await sealBytes(utf8.encode(text), publicKey, context));

/** The same with bytes in it and as bytes. */
export async function sealBytes(bytes, publicKey, context) {
  const recipient = fromBase64(publicKey);
  const pair = await newKeyPair();
  const sender = await publicKeyOf(pair);
  const { key, iv } = await derive(pair.privateKey, recipient, sender, recipient, context, "encrypt");
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes));
  const box = new Uint8Array(1 + KEY_BYTES + sealed.length);
  box[0] = 1;
  box.set(sender, 1);
  box.set(sealed, 1 + KEY_BYTES);
  return box;
}

/** What somebody has sealed to this key pair; throws when it does not open. */
export async function open(box, pair, context) {
  const data = fromBase64(box);
  if (data[0] !== 1 || data.length <= 1 + KEY_BYTES) throw new Error("not a box");
  const sender = data.slice(1, 1 + KEY_BYTES);
  const recipient = await publicKeyOf(pair);
  const { key, iv } = await derive(pair.privateKey, sender, sender, recipient, context, "decrypt");
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data.slice(1 + KEY_BYTES));
  return new TextDecoder().decode(plain);
}

/** As `attachment_context` in `tenant_daemon/contracts/chat.py`. */
export const attachmentContext = (tenantId, id) => `letsbe attachment 1\n${tenantId}\n${id}`;

/** As `provide_context` and `reveal_context` in `tenant_daemon/contracts/secrets.py`. */
export const provideContext = (tenantId, name) => `letsbe secret provided 1\n${tenantId}\n${name}`;
export const revealContext = (requestId, name) => `letsbe secret revealed 1\n${requestId}\n${name}`;
