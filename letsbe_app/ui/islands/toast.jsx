import { useEffect, useState } from "react";
// On every page, as toasts are.
import "./leaving.js";
import { hear } from "./told.js";
import "./unsaved.js";

const SHOWN_MS = 6000;
let nextKey = 1;

hear("toast", (toast) => window.dispatchEvent(new CustomEvent("letsbe:toast", { detail: toast })));

/** Shows what `letsbe:toast` events say: `{text, tone, undo: {label, path, body}}`. One at a time per text. */
export function ToastHost({ closeLabel }) {
  const [toasts, setToasts] = useState([]);
  const close = (key) => setToasts((shown) => shown.filter((toast) => toast.key !== key));

  useEffect(() => {
    const show = ({ detail }) => {
      const toast = { ...detail, key: nextKey++ };
      setToasts((shown) => [...shown.filter((other) => other.text !== toast.text), toast].slice(-3));
      setTimeout(() => close(toast.key), SHOWN_MS);
    };
    window.addEventListener("letsbe:toast", show);
    return () => window.removeEventListener("letsbe:toast", show);
  }, []);

  return (
    <div
      role="status"
      aria-live="polite"
      // Below the header: at the lower edge it would lie over the chat's Send and Stop.
      className="fixed z-50 top-16 inset-x-4 sm:left-auto sm:right-6 sm:w-96 flex flex-col gap-2
        pointer-events-none"
    >
      {toasts.map((toast) => (
        <div
          key={toast.key}
          className="rise pointer-events-auto flex items-center gap-3 bg-card border border-line rounded-card
            shadow-soft pl-4 pr-1 py-1"
        >
          <p className={`grow text-sm py-2 ${toast.tone === "danger" ? "text-red" : ""}`}>{toast.text}</p>
          <button
            type="button"
            aria-label={closeLabel}
            onClick={() => close(toast.key)}
            className="min-h-target min-w-target text-muted hover:text-ink cursor-pointer"
          >
            <span aria-hidden="true">✕</span>
          </button>
        </div>
      ))}
    </div>
  );
}
