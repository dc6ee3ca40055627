import { useEffect, useState } from "react";
import { HubError, getFromHub, postToHub } from "./hub_rest.js";
import { PRIMARY } from "./look.js";

const ROUTE = "/api/v1/customer/notices";

const canPush = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** A key as `subscribe` wants it. */
export function bytesOf(base64url) {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

async function subscribe() {
  const { data } = await getFromHub(`${ROUTE}/push-key`);
  const { pushManager } = await navigator.serviceWorker.ready;
  const key = bytesOf(data.public_key);
  const known = await pushManager.getSubscription();
  const options = { userVisibleOnly: true, applicationServerKey: key };
  // One that was made for another key can never be reached by ours.
  const subscription = await pushManager.subscribe(options).catch(async (error) => {
    if (!known) throw error;
    await known.unsubscribe();
    return pushManager.subscribe(options);
  });
  await postToHub(`${ROUTE}/devices`, subscription.toJSON());
}

/** Asks for the browser's permission, and only when somebody presses the button for it. */
export function PushDevice({ words, onDone }) {
  const [can, setCan] = useState(true);
  const [said, setSaid] = useState(null);
  const [isBusy, setBusy] = useState(false);
  useEffect(() => setCan(canPush()), []);

  const add = async () => {
    setBusy(true);
    setSaid(null);
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        setSaid({ text: words.denied, isProblem: true });
        return;
      }
      await subscribe();
      setSaid({ text: words.added });
      onDone?.();
    } catch (error) {
      setSaid({ text: error instanceof HubError ? error.message : words.failed, isProblem: true });
    } finally {
      setBusy(false);
    }
  };

  if (!can) return <p className="text-muted">{words.cannot}</p>;
  return (
    <div className="flex flex-col gap-2 items-start">
      <button
        type="button"
        onClick={add}
        disabled={isBusy}
        className={PRIMARY}
      >
        {isBusy ? words.working : words.add}
      </button>
      <p role={said?.isProblem ? "alert" : "status"} className={said?.isProblem ? "text-red" : "empty:hidden"}>
        {said?.text}
      </p>
    </div>
  );
}
