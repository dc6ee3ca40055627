import { useId } from "react";
import { INPUT } from "./look.js";

/**
 * A control with its label, a hint and what is wrong with it, tied together for screen readers. `children` makes
 * the control of what it is given; `id` is for forms that look for their controls by it.
 */
export function Field({ id: ownId, label, hint, error, children }) {
  const madeId = useId();
  const id = ownId || madeId;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {children({
        id,
        "aria-invalid": Boolean(error),
        "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-error`,
        className: INPUT,
      })}
      <p id={`${id}-error`} className="text-sm text-red empty:hidden">
        {error}
      </p>
    </div>
  );
}
