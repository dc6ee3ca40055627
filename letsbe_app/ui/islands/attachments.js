/** Files for an agent: sealed here for the server, then sent; nobody in between can read them. */

import { CannotSeal, attachmentContext, sealBytes, toBase64 } from "./sealed_box.js";
import { deleteAtHub, getFromHub, postToHub } from "./hub_rest.js";
import { newId } from "./ids.js";

const ROOT = "/api/v1/customer";
const UPLOAD_MS = 180_000;

/** Why a file cannot be sent, as the name of a text; empty when it can. */
export function problemOf(file, limits, countBefore) {
  if (countBefore >= limits.count) return "file_too_many";
  if (file.size === 0) return "file_empty";
  if (file.size > limits.bytes) return "file_too_large";
  const suffix = file.name.includes(".") ? file.name.split(".").at(-1).toLowerCase() : "";
  return limits.suffixes.includes(suffix) ? "" : "file_wrong_kind";
}

export function sizeText(bytes) {
  const units = ["B", "kB", "MB"];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 2);
  const amount = bytes / 1000 ** step;
  return `${amount.toLocaleString(undefined, { maximumFractionDigits: amount < 10 && step ? 1 : 0 })} ${units[step]}`;
}

/** Seal and send one file; gives what a message names it by. Throws CannotSeal or what the hub says. */
export async function uploadFile(tenantId, file, signal) {
  const { data } = await getFromHub(`${ROOT}/tenants/${encodeURIComponent(tenantId)}/secrets`);
  if (!data.sealing_public_key) throw new CannotSeal();
  const id = newId("att");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const box = await sealBytes(bytes, data.sealing_public_key, attachmentContext(tenantId, id));
  const answer = await postToHub(
    `${ROOT}/attachments`,
    { tenant_id: tenantId, id, name: file.name, size_bytes: bytes.length, box: toBase64(box) },
    AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_MS)]),
  );
  const { name, media_type: mediaType, size_bytes: sizeBytes } = answer.data;
  return { attachment_id: id, name, media_type: mediaType, size_bytes: sizeBytes };
}

/** Throw a file away that was not sent with a message. Best effort: it goes by itself after some days. */
export function dropFile(tenantId, id) {
  deleteAtHub(`${ROOT}/tenants/${encodeURIComponent(tenantId)}/attachments/${id}`).catch(() => {});
}
