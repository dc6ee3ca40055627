import { useEffect, useRef, useState } from "react";
import { Field } from "./field.jsx";
import { HubError, postToHub } from "./hub_rest.js";
import { INPUT, PRIMARY } from "./look.js";
import { CannotSeal, provideContext, seal } from "./sealed_box.js";
import { settled } from "./secret_request.js";

/** Characters of a value at least. */
const LEAST = 6;

/** A line end behind a single line was copied along with it; the last one of a key file belongs to the key. */
const asMeant = (value) => value.replace(/^([^\n]*)\n+$/, "$1");

/** Whether a text that everybody may read tells the value; the server looks once more, as redaction would. */
const tells = (text, value) => {
  const [shown, hidden] = [text, value].map((one) => one.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
  return text.includes(value) || (hidden.length >= LEAST && shown.includes(hidden));
};

/**
 * Takes a secret and seals it for the server before anything is sent. The value is in this form and nowhere else:
 * not in the page's state on the hub, not in a draft, and the form forgets it when it closes. It stays until the
 * server has taken the value, so that nothing has to be typed again when the server refuses it. Whoever closes it
 * before that is told the outcome by the page (`onLeft`).
 */
export function SecretForm({ tenantId, publicKey, fixedName, wantedName, kinds, words, onSent, onLeft }) {
  const [errors, setErrors] = useState({});
  const [failure, setFailure] = useState("");
  const [isWorking, setWorking] = useState(false);
  const [isShown, setShown] = useState(false);
  const [isSent, setSent] = useState(false);
  const form = useRef(null);
  const waitsFor = useRef("");
  const aborter = useRef(null);
  const left = useRef(onLeft);
  left.current = onLeft;

  useEffect(
    () => () => {
      aborter.current?.abort();
      if (waitsFor.current) left.current?.(waitsFor.current);
    },
    [],
  );

  const fail = (problems, sentence = "") => {
    setErrors(problems);
    setFailure(sentence);
    setWorking(false);
    setSent(false);
    const first = Object.keys(problems)[0];
    form.current?.querySelector(first ? `[name="${first}"]` : "button[type=submit]")?.focus();
  };

  const submit = async (event) => {
    event.preventDefault();
    if (isWorking) return;
    const entered = Object.fromEntries(new FormData(form.current));
    const name = fixedName || entered.name.trim().toLowerCase();
    if (!/^[a-z][a-z0-9-]{1,62}$/.test(name)) return fail({ name: words.badName });
    if (entered.value.trim().length < LEAST) return fail({ value: words.tooShort });
    const value = asMeant(entered.value).trim();
    // These go as they are, so they are looked at before anything does.
    if (!fixedName && tells(name, value)) return fail({ name: words.nameTells });
    if (tells(entered.note || "", value)) return fail({ note: words.noteTells });
    setWorking(true);
    setErrors({});
    setFailure("");
    try {
      const sealed = await seal(asMeant(entered.value), publicKey, provideContext(tenantId, name));
      const answer = await postToHub(`/api/v1/customer/tenants/${encodeURIComponent(tenantId)}/secrets`, {
        name,
        sealed,
        secret_kind: entered.kind || "password",
        note: entered.note || "",
        is_new: !fixedName,
      });
      if (!form.current) return left.current?.(answer.data.id);
      waitsFor.current = answer.data.id;
      setSent(true);
      aborter.current = new AbortController();
      const outcome = await settled(answer.data.id, aborter.current.signal);
      waitsFor.current = "";
      if (outcome.status !== "done") return fail({}, outcome.detail || words.tooLate);
      form.current?.reset();
      onSent?.(outcome.id);
    } catch (error) {
      if (error?.name === "AbortError") return undefined;
      if (error instanceof CannotSeal) return fail({}, words.cannotSeal);
      const details = error instanceof HubError ? (error.details ?? []) : [];
      const found = Object.fromEntries(details.map(({ field, message }) => [field, message]));
      fail(found, details.length ? "" : (error instanceof HubError && error.message) || words.failed);
    }
    return undefined;
  };

  return (
    <form ref={form} onSubmit={submit} noValidate autoComplete="off" className="flex flex-col gap-4">
      {!fixedName && (
        <>
          <Field label={words.name} hint={words.nameHint} error={errors.name}>
            {(props) => (
              <input
                {...props}
                name="name"
                defaultValue={wantedName}
                maxLength={63}
                spellCheck={false}
                autoCapitalize="none"
              />
            )}
          </Field>
          <Field label={words.kind}>
            {(props) => (
              <select {...props} name="kind">
                {kinds.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </>
      )}
      <Field label={words.value} hint={words.valueHint} error={errors.value}>
        {(props) => (
          <textarea
            {...props}
            name="value"
            rows={2}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="none"
            data-1p-ignore
            className={`${INPUT} font-mono text-sm`}
            style={isShown ? undefined : { WebkitTextSecurity: "disc" }}
          />
        )}
      </Field>
      <label className="inline-flex items-center gap-2 min-h-target w-fit cursor-pointer">
        <input
          type="checkbox"
          checked={isShown}
          onChange={(event) => setShown(event.target.checked)}
          className="size-5 accent-[var(--accent)]"
        />
        {words.show}
      </label>
      {!fixedName && (
        <Field label={words.note} hint={words.noteHint} error={errors.note}>
          {(props) => <input {...props} name="note" maxLength={200} />}
        </Field>
      )}
      <p role="alert" className="text-red empty:hidden">
        {failure}
      </p>
      <p role="status" className="sr-only">
        {isSent ? words.waiting : ""}
      </p>
      <button
        type="submit"
        aria-disabled={isWorking}
        className={`${PRIMARY} self-end`}
      >
        {(isSent && words.waiting) || (isWorking && words.working) || words.submit}
      </button>
    </form>
  );
}
