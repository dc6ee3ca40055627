/** Passkeys as the browser has them, with binary values as base64url in both directions (WebAuthn Level 3). */
import { postToHub } from "./hub_rest.js";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const named = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

export const hasPasskeys = () => typeof window !== "undefined" && "PublicKeyCredential" in window;

/** Whether the browser offers passkeys in the menu of the e-mail field. */
export const canOfferQuietly = async () =>
  hasPasskeys() && (await window.PublicKeyCredential.isConditionalMediationAvailable?.()) === true;

/** Makes one; raises a DOMException when the person does not want to, or the device has one already. */
export async function makePasskey(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    },
  });
  return {
    ...head(made),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

/** Uses one; `quietly` waits until somebody chooses one in the e-mail field. */
export async function usePasskey(options, { quietly = false, signal } = {}) {
  const used = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: named(options.allowCredentials),
    },
    mediation: quietly ? "conditional" : "optional",
    signal,
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
  return {
    ...head(used),
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

/** The answer of one of the person's passkeys to a fresh question of the hub's. */
export async function askForPasskey() {
  const { data: options } = await postToHub("/api/v1/public/passkey/options");
  return usePasskey(options);
}

const head = ({ id, rawId, type }) => ({ id, rawId: text(rawId), type });
