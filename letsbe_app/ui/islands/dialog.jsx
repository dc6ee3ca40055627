import { useEffect, useId, useRef } from "react";
import { holdsTyped } from "./typed.js";

/**
 * A native dialog (focus stays inside, Escape closes, the page behind is inert). On a phone the same content
 * comes as a sheet from below.
 *
 * A tap beside it closes it, unless something was typed in it: on a phone that tap is easily made by mistake. What
 * is dragged out of it, as when text is selected, is no tap.
 */
export function Dialog({ open, title, closeLabel, onDismiss, children }) {
  const dialog = useRef(null);
  const heading = useId();
  const isPressedBeside = useRef(false);

  useEffect(() => {
    const element = dialog.current;
    if (open && !element.open) {
      const isByKeyboard = document.activeElement?.matches(":focus-visible");
      element.showModal();
      // What is asked for comes first; the browser would begin with the button that closes. Not after a tap: on a
      // phone the keyboard would open over the sheet.
      if (isByKeyboard) element.querySelector("input:not([type=hidden]), textarea, select")?.focus();
    }
    if (!open && element.open) element.close();
  }, [open]);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onDismiss?.();
      }}
      onClose={() => {
        // A browser may close it without asking first; what opened it must know.
        if (open) onDismiss?.();
      }}
      onPointerDown={(event) => {
        isPressedBeside.current = event.target === dialog.current;
      }}
      onClick={(event) => {
        const isBeside = event.target === dialog.current && isPressedBeside.current;
        if (isBeside && !holdsTyped(dialog.current)) onDismiss?.();
      }}
      className="dialog m-auto max-sm:mb-0 max-sm:max-w-full max-sm:w-full sm:w-[30rem] bg-card text-ink
        rounded-card max-sm:rounded-b-none border border-line shadow-soft p-0 backdrop:bg-[var(--scrim)]"
    >
      <div className="p-5 flex flex-col gap-4">
        <div className="flex items-start justify-between gap-3">
          <h2 id={heading} className="text-lg font-semibold">
            {title}
          </h2>
          <button
            type="button"
            aria-label={closeLabel}
            onClick={() => onDismiss?.()}
            className="-m-2 min-h-target min-w-target rounded-control text-muted hover:text-ink cursor-pointer"
          >
            <span aria-hidden="true">✕</span>
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
