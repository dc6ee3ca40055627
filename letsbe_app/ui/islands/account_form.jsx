import { useEffect, useRef, useState } from "react";
import { Field } from "./field.jsx";
import { HubError, postToHub } from "./hub_rest.js";
import { DANGER, PRIMARY } from "./look.js";
import { ownPath } from "./own_path.js";
import { askForPasskey, hasPasskeys } from "./passkey.js";

/** What the form holds: texts by name, and for boxes to tick the list of those that are. */
export function valuesOf(form, fields) {
  const data = new FormData(form);
  return Object.fromEntries(
    fields.map(({ name, options }) => [name, options ? data.getAll(name) : (data.get(name) ?? "")]),
  );
}

function Choices({ name, label, options, isNamed }) {
  return (
    <fieldset className="flex flex-col">
      <legend className="font-medium">{label}</legend>
      {options.map(({ value, text }) => (
        <label key={value} className="inline-flex items-center gap-3 min-h-target py-1 cursor-pointer">
          <input type="checkbox" name={name} value={value} className="size-5 shrink-0 accent-accent" />
          <span>
            {text} {isNamed && <code className="text-sm text-muted wrap-anywhere">{value}</code>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Entry({ id, field, error }) {
  const { name, label, type, autocomplete, hint, choices } = field;
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      {(given) =>
        choices ? (
          <select {...given} name={name} required>
            {choices.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        ) : (
          <input {...given} name={name} required type={type} autoComplete={autocomplete} />
        )
      }
    </Field>
  );
}

/** What the hub shows once: a key, or a list of codes. */
function Shown({ text, value }) {
  const lines = Array.isArray(value) ? value : [value];
  return (
    <div role="status" className="flex flex-col gap-2">
      <p>{text}</p>
      <pre className="p-3 rounded-control bg-sunken text-sm overflow-x-auto select-all whitespace-pre-wrap break-all">
        {lines.join("\n")}
      </pre>
    </div>
  );
}

/**
 * A form whose secrets go to the hub by REST alone: they never enter the page's state there, and only an HTTP
 * answer can set the httpOnly cookie. `extra` goes along with what was typed. Keeps what was typed when the hub
 * says no, and shows each problem at its field. Afterwards it goes to `after`, or says `done`, with what the hub
 * shows once (`shown` names it).
 */
export function AccountForm(props) {
  const { action, fields, submitLabel, workingLabel, failedText, after, done, shown, takesToken } = props;
  const [errors, setErrors] = useState({});
  const [failure, setFailure] = useState("");
  const [isWorking, setWorking] = useState(false);
  /** The hub's word for which code it wants besides. */
  const [wantedCode, setWantedCode] = useState("");
  const [answer, setAnswer] = useState(null);
  const form = useRef(null);
  const token = useRef("");
  const codeFields = { second_factor_needed: props.codeField, mailed_code_needed: props.mailedCodeField };
  const codeField = codeFields[wantedCode];
  const all = codeField ? [...fields, codeField] : fields;
  const idOf = (name) => (props.prefix ? `${props.prefix}-${name}` : name);

  useEffect(() => {
    if (!takesToken) return;
    token.current = window.location.hash.slice(1);
    // Out of the address bar and the history.
    window.history.replaceState(window.history.state, "", window.location.pathname);
  }, [takesToken]);

  const focusOn = (name) => form.current?.querySelector(name ? `[name="${name}"]` : "button")?.focus();

  useEffect(() => {
    if (codeField) focusOn(codeField.name);
  }, [wantedCode]);

  const refuse = (error) => {
    const isKnown = error instanceof HubError;
    const ownText = error instanceof DOMException && error.name !== "TimeoutError" ? props.passkeyRefused : failedText;
    const asked = isKnown && codeFields[error.code];
    const details = isKnown ? (error.details ?? []) : [];
    setWorking(false);
    if (asked && error.code !== wantedCode) {
      // No mistake of theirs: the field appears, with what it is for, and takes the focus.
      setWantedCode(error.code);
      return;
    }
    const visible = details.filter(({ field }) => all.some(({ name }) => name === field));
    setErrors(Object.fromEntries(visible.map(({ field, message }) => [field, message])));
    setFailure(visible.length ? "" : (isKnown && error.message) || ownText);
    focusOn(visible[0]?.field ?? asked?.name);
  };

  const submit = (event) => {
    event.preventDefault();
    send(all);
  };

  /** In place of the code. */
  const sendWithPasskey = () => send(fields, askForPasskey);

  const send = async (sent, prove) => {
    if (isWorking) return;
    setWorking(true);
    setErrors({});
    setFailure("");
    try {
      const values = valuesOf(form.current, sent);
      // Fields that are only for whoever shows the form.
      const body = Object.fromEntries(sent.filter((one) => !one.isOwn).map(({ name }) => [name, values[name]]));
      if (takesToken) body.token = token.current;
      Object.assign(body, props.extra);
      if (prove) body.passkey = await prove();
      const { data } = await postToHub(action, body);
      if (props.onAnswer) {
        props.onAnswer(data, values);
        return;
      }
      if (!done) {
        const next = new URLSearchParams(window.location.search).get("next");
        // A whole new document: Reflex's socket keeps the cookies of the moment it was opened.
        window.location.assign(ownPath(next, after));
        return;
      }
      setAnswer({ value: shown ? data[shown] : null });
      setWorking(false);
      props.onDone?.();
    } catch (error) {
      refuse(error);
    }
  };

  if (answer) {
    return answer.value ? (
      <Shown text={done} value={answer.value} />
    ) : (
      <p role="status">
        {done}
        {after && (
          <>
            {" "}
            <a href={after} className="text-accent underline underline-offset-2">
              {props.afterLabel}
            </a>
          </>
        )}
      </p>
    );
  }
  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-5">
      {all.map((field) =>
        field.options ? (
          <Choices key={field.name} {...field} />
        ) : (
          <Entry key={field.name} id={idOf(field.name)} field={field} error={errors[field.name]} />
        ),
      )}
      {codeField && props.passkeyLabel && hasPasskeys() && (
        <button
          type="button"
          onClick={sendWithPasskey}
          aria-disabled={isWorking}
          className="self-start min-h-target text-accent underline underline-offset-2 cursor-pointer
            aria-disabled:opacity-60"
        >
          {props.passkeyLabel}
        </button>
      )}
      <p role="alert" className="text-red empty:hidden">
        {failure}
      </p>
      <button
        type="submit"
        aria-disabled={isWorking}
        className={props.isDanger ? DANGER : PRIMARY}
      >
        {isWorking ? workingLabel : submitLabel}
      </button>
    </form>
  );
}
