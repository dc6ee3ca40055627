import { useRef, useState } from "react";
import { HubError, postToHub } from "./hub_rest.js";

const INPUT =
  "w-full min-h-target px-3 py-2 rounded-control bg-card text-ink border border-muted/70 focus:border-accent " +
  "aria-invalid:border-red";

/** A path of this site to go to; anything else, such as `//other.example`, becomes the fallback. */
export function ownPath(wanted, fallback) {
  return /^\/(?![/\\])/.test(wanted ?? "") ? wanted : fallback;
}

/**
 * Signs up or in by REST, since only an HTTP answer can set the httpOnly cookie. The password never enters the
 * page's state on the hub. Keeps what was typed when the hub says no, and shows each problem at its field.
 */
export function AccountForm({ action, fields, submitLabel, workingLabel, failedText, after }) {
  const [errors, setErrors] = useState({});
  const [failure, setFailure] = useState("");
  const [isWorking, setWorking] = useState(false);
  const form = useRef(null);

  const submit = async (event) => {
    event.preventDefault();
    if (isWorking) return;
    setWorking(true);
    setErrors({});
    setFailure("");
    try {
      await postToHub(action, Object.fromEntries(new FormData(form.current)));
      const next = new URLSearchParams(window.location.search).get("next");
      // A whole new document: Reflex's socket keeps the cookies of the moment it was opened.
      window.location.assign(ownPath(next, after));
    } catch (error) {
      const details = error instanceof HubError ? (error.details ?? []) : [];
      const found = Object.fromEntries(details.map(({ field, message }) => [field, message]));
      setErrors(found);
      setFailure(details.length ? "" : (error instanceof HubError && error.message) || failedText);
      setWorking(false);
      form.current?.querySelector(details.length ? `[name="${details[0].field}"]` : "button")?.focus();
    }
  };

  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-5">
      {fields.map(({ name, label, type, autocomplete, hint }) => (
        <div key={name} className="flex flex-col gap-1.5">
          <label htmlFor={name} className="font-medium">
            {label}
          </label>
          {hint && (
            <p id={`${name}-hint`} className="text-sm text-muted">
              {hint}
            </p>
          )}
          <input
            id={name}
            name={name}
            type={type}
            autoComplete={autocomplete}
            required
            aria-invalid={Boolean(errors[name])}
            aria-describedby={`${hint ? `${name}-hint ` : ""}${name}-error`}
            className={INPUT}
          />
          <p id={`${name}-error`} className="text-sm text-red empty:hidden">
            {errors[name]}
          </p>
        </div>
      ))}
      <p role="alert" className="text-red empty:hidden">
        {failure}
      </p>
      <button
        type="submit"
        aria-disabled={isWorking}
        className="inline-flex items-center justify-center min-h-target px-4 rounded-control font-medium
          bg-accent text-on-accent hover:brightness-110 cursor-pointer aria-disabled:opacity-60"
      >
        {isWorking ? workingLabel : submitLabel}
      </button>
    </form>
  );
}
