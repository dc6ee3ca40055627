/** Ids that the hub takes as its own, so that the same thing sent twice is one. */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export function newId(prefix) {
  const bytes = crypto.getRandomValues(new Uint8Array(26));
  return `${prefix}_${Array.from(bytes, (byte) => ALPHABET[byte % 32]).join("")}`;
}
