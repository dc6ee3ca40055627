import { useCallback, useEffect, useRef, useState } from "react";
import { CopyButton } from "./copy_button.jsx";
import { HubError, postToHub } from "./hub_rest.js";
import { INPUT, PRIMARY } from "./look.js";
import { CannotSeal, newKeyPair, open, publicKeyOf, revealContext, toBase64 } from "./sealed_box.js";
import { settled } from "./secret_request.js";

const SHOWN_SECONDS = 60;

/**
 * Asks for the password, has the server seal the value to a key that only this tab has, and shows it for a minute.
 * The value is gone when the minute is over, the dialog closes, or the tab is hidden for good.
 */
export function RevealSecret({ tenantId, name, words, onDone }) {
  const [value, setValue] = useState("");
  const [secondsLeft, setSecondsLeft] = useState(0);
  const [error, setError] = useState("");
  const [failure, setFailure] = useState("");
  const [isWorking, setWorking] = useState(false);
  const [needsCode, setNeedsCode] = useState(false);
  const password = useRef(null);
  const code = useRef(null);
  const aborter = useRef(null);
  const shown = useRef(null);
  const done = useRef(onDone);
  done.current = onDone;

  useEffect(() => () => aborter.current?.abort(), []);
  useEffect(() => code.current?.focus(), [needsCode]);
  useEffect(() => {
    if (!value) return undefined;
    shown.current?.focus();
    const until = Date.now() + SHOWN_SECONDS * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      setSecondsLeft(left);
      if (left <= 0) {
        setValue("");
        done.current?.();
      }
    }, 250);
    return () => clearInterval(timer);
  }, [value]);

  const reveal = useCallback(async () => {
    aborter.current = new AbortController();
    const pair = await newKeyPair();
    const path = `/api/v1/customer/tenants/${encodeURIComponent(tenantId)}/secrets/${encodeURIComponent(name)}/reveal`;
    const asked = await postToHub(path, {
      password: password.current.value,
      code: code.current?.value,
      public_key: toBase64(await publicKeyOf(pair)),
    });
    const outcome = await settled(asked.data.id, aborter.current.signal);
    if (outcome.status !== "done") throw new HubError(outcome.detail || words.tooLate, outcome.status, 409);
    const { data } = await postToHub(`/api/v1/customer/secret-requests/${outcome.id}/take`);
    return open(data.sealed, pair, revealContext(outcome.id, name));
  }, [tenantId, name, words]);

  const submit = async (event) => {
    event.preventDefault();
    if (isWorking) return;
    setWorking(true);
    setError("");
    setFailure("");
    try {
      const found = await reveal();
      setSecondsLeft(SHOWN_SECONDS);
      setValue(found);
    } catch (problem) {
      if (problem?.name === "AbortError") return;
      const known = problem instanceof HubError;
      if (known && problem.code === "second_factor_needed" && !needsCode) {
        // No mistake of theirs: the field appears, with what it is for, and takes the focus.
        setNeedsCode(true);
        return;
      }
      const field = known && problem.details?.find((one) => one.field === "password");
      setError(field ? field.message : "");
      if (!field) setFailure(problem instanceof CannotSeal ? words.cannotSeal : (known && problem.message) || words.failed);
      if (field) password.current?.focus();
    } finally {
      setWorking(false);
    }
  };

  if (value) {
    return (
      <div className="flex flex-col gap-3">
        <p className="text-sm text-muted" id="reveal-about">
          {words.shownAbout}
        </p>
        <output
          ref={shown}
          tabIndex={-1}
          aria-label={words.value}
          aria-describedby="reveal-about"
          className="block max-h-60 overflow-auto rounded-control bg-sunken px-3 py-2 font-mono text-sm
            whitespace-pre-wrap wrap-anywhere outline-none"
        >
          {value}
        </output>
        <div className="flex items-center justify-between gap-3">
          <CopyButton text={value} label={words.copy} done={words.copied} />
          <p className="text-sm tabular" role="timer">
            {words.gone.replace("{seconds}", String(secondsLeft))}
          </p>
        </div>
        <div aria-hidden="true" className="h-1 rounded-pill bg-sunken overflow-hidden">
          <div
            className="h-full bg-accent origin-left"
            style={{ transform: `scaleX(${Math.max(0, secondsLeft) / SHOWN_SECONDS})` }}
          />
        </div>
      </div>
    );
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <p className="text-muted">{words.about}</p>
      <input type="text" name="username" autoComplete="username" hidden readOnly value="" />
      <div className="flex flex-col gap-1.5">
        <label htmlFor="reveal-password" className="font-medium">
          {words.password}
        </label>
        <input
          ref={password}
          id="reveal-password"
          type="password"
          autoComplete="current-password"
          required
          aria-invalid={Boolean(error)}
          aria-describedby="reveal-password-error"
          className={INPUT}
        />
        <p id="reveal-password-error" className="text-sm text-red empty:hidden">
          {error}
        </p>
      </div>
      {needsCode && (
        <div className="flex flex-col gap-1.5">
          <label htmlFor="reveal-code" className="font-medium">
            {words.code}
          </label>
          <p id="reveal-code-hint" className="text-sm text-muted">
            {words.codeHint}
          </p>
          <input
            ref={code}
            id="reveal-code"
            type="text"
            autoComplete="one-time-code"
            aria-describedby="reveal-code-hint"
            className={INPUT}
          />
        </div>
      )}
      <p role="alert" className="text-red empty:hidden">
        {failure}
      </p>
      <p role="status" className="sr-only">
        {isWorking ? words.working : ""}
      </p>
      <button
        type="submit"
        aria-disabled={isWorking}
        className={`${PRIMARY} self-end`}
      >
        {isWorking ? words.working : words.submit}
      </button>
    </form>
  );
}
