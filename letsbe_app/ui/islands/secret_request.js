import { HubError, getFromHub } from "./hub_rest.js";
import { hubStream } from "./stream.js";

const LOOK_EVERY_MS = 2_000;

/** Waits until the server has answered the request; a wake may be lost, so it also looks by itself. */
export function settled(requestId, signal) {
  return new Promise((resolve, reject) => {
    const end = [];
    const stop = (finish) => {
      end.forEach((undo) => undo());
      finish();
    };
    const look = async () => {
      try {
        const { data } = await getFromHub(`/api/v1/customer/secret-requests/${requestId}`);
        if (data.status !== "waiting") stop(() => resolve(data));
      } catch (error) {
        if (error instanceof HubError && error.status < 500) stop(() => reject(error));
      }
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    end.push(() => clearInterval(timer));
    end.push(hubStream().onWake((topic, id) => topic === "secrets" && id === requestId && look()));
    signal.addEventListener("abort", () => stop(() => reject(signal.reason)), { once: true });
    look();
  });
}
