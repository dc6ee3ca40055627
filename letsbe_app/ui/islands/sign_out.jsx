import { leaveBy } from "./departure.js";
import { forgetDrafts } from "./draft.js";
import { postToHub } from "./hub_rest.js";

/** Ends the session and loads a new document, so that nothing of the old one stays. */
export function SignOut({ action, label, failed, to }) {
  const signOut = async () => {
    try {
      await postToHub(action);
    } catch (error) {
      if (error.status !== 401) {
        window.dispatchEvent(new CustomEvent("letsbe:toast", { detail: { text: failed, tone: "danger" } }));
        return null;
      }
    }
    forgetDrafts();
    return to;
  };
  return (
    <button
      type="button"
      onClick={() => leaveBy(signOut)}
      className="min-h-target px-3 rounded-control text-muted hover:text-ink hover:bg-sunken cursor-pointer
        whitespace-nowrap"
    >
      {label}
    </button>
  );
}
