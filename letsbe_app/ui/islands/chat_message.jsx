import { memo, useCallback, useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import { KeyRound, Pencil, RotateCcw } from "lucide-react";
import { Link } from "react-router";
import { CopyButton } from "./copy_button.jsx";
import { sentenceOf } from "./hub_rest.js";
import { SentFiles } from "./file_chips.jsx";
import { PRIMARY, QUIET, SMALL } from "./look.js";
import { Markdown } from "./markdown.jsx";
import { isWaiting, missingSecrets, ToolCalls } from "./tool_calls.jsx";
import { begunIn } from "./thread_store.js";

/** That a server fell silent is known after a minute; whoever waits for a word is told before. */
const QUIET_MS = 20_000;
const NOTES = { stopped: "status_stopped", failed: "status_failed", interrupted: "status_interrupted" };

// Its height is for thumbs; the next message need not stand below all of it.
const SHOWN = "flex flex-wrap items-center -mb-4";
const HIDDEN_UNTIL_NEAR =
  `${SHOWN} opacity-0 group-hover:opacity-100 focus-within:opacity-100 pointer-coarse:opacity-100`;

/** Runs something of the hub's, says what went wrong, and is busy meanwhile. */
function useAction(texts) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const run = async (work) => {
    setIsBusy(true);
    setProblem("");
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(sentenceOf(error, texts.something_failed));
      return false;
    } finally {
      setIsBusy(false);
    }
  };
  return { isBusy, problem, run };
}

function Problem({ text }) {
  return (
    <p role="alert" className="text-sm text-red empty:hidden">
      {text}
    </p>
  );
}

function Editor({ message, texts, laterCount, onSend, onCancel }) {
  const [text, setText] = useState(message.text);
  const { isBusy, problem, run } = useAction(texts);
  const id = `edit-${message.id}`;
  const later = laterCount === 1 ? texts.edit_takes_back_one : texts.edit_takes_back.replace("{count}", laterCount);
  return (
    <form
      className="w-full flex flex-col gap-2 bg-card border border-accent rounded-card p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) run(() => onSend(text.trim()));
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <label htmlFor={id} className="text-sm font-medium">
        {texts.edit_label}
      </label>
      <textarea
        id={id}
        autoFocus
        rows={Math.min(10, text.split("\n").length + 1)}
        maxLength={32_000}
        value={text}
        aria-describedby={`${id}-hint`}
        onChange={(event) => setText(event.target.value)}
        className="w-full resize-y bg-sunken rounded-control px-3 py-2"
      />
      <p id={`${id}-hint`} className="text-sm text-muted">
        {laterCount > 0 && `${later} `}
        {texts.edit_keeps_files}
      </p>
      <Problem text={problem} />
      <div className="flex flex-wrap justify-end gap-2">
        <button type="button" onClick={onCancel} className={SMALL}>
          {texts.cancel}
        </button>
        <button
          type="submit"
          disabled={isBusy || !text.trim()}
          className={PRIMARY}
        >
          {texts.edit_send}
        </button>
      </div>
    </form>
  );
}

function Said({ message, texts, store, actions, isCalm }) {
  const [isEditing, setIsEditing] = useState(false);
  const { isBusy, problem, run } = useAction(texts);
  const isFailed = message.status === "failed";
  const canEdit = isCalm && (message.status === "delivered" || isFailed);
  return (
    <article
      aria-label={texts.you}
      data-message={message.id}
      data-status={message.status}
      className={`group self-end flex flex-col items-end gap-1 ${isEditing ? "w-full" : "max-w-[85%]"}`}
    >
      {isEditing ? (
        <Editor
          message={message}
          texts={texts}
          laterCount={store.countAfter(message.id)}
          onSend={async (text) => {
            await actions.edit(message.id, text);
            setIsEditing(false);
          }}
          onCancel={() => setIsEditing(false)}
        />
      ) : (
        <div className="bg-accent/12 rounded-card rounded-br-sm px-4 py-2.5 whitespace-pre-wrap wrap-anywhere min-w-0">
          {message.text}
        </div>
      )}
      <SentFiles files={message.attachments} texts={texts} />
      {message.status === "waiting" && <p className="text-sm text-muted">{texts.message_waiting}</p>}
      {isFailed && <p className="text-sm text-red">{message.note || texts.something_failed}</p>}
      {!isFailed && message.note && <p className="text-sm text-muted">{message.note}</p>}
      <Problem text={problem} />
      {canEdit && !isEditing && (
        <div className={isFailed ? SHOWN : HIDDEN_UNTIL_NEAR}>
          {isFailed && (
            <button
              type="button"
              disabled={isBusy}
              onClick={() => run(() => actions.edit(message.id, message.text))}
              className={SMALL}
            >
              <RotateCcw size={16} aria-hidden="true" />
              {texts.retry}
            </button>
          )}
          <button type="button" onClick={() => setIsEditing(true)} className={SMALL}>
            <Pencil size={16} aria-hidden="true" />
            {texts.edit}
          </button>
        </div>
      )}
    </article>
  );
}

/** Whether nothing has come of an answer for a while, although nothing is known that would take so long. */
function useQuiet(message, isExpected) {
  const [isQuiet, setIsQuiet] = useState(false);
  useEffect(() => {
    setIsQuiet(false);
    if (!isExpected) return undefined;
    const timer = setTimeout(() => setIsQuiet(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, [message, isExpected]);
  return isQuiet;
}

function Answer({ message, texts, agentName, store, actions, isCalm, whyQuiet }) {
  const { isBusy, problem, run } = useAction(texts);
  const isStreaming = message.status === "streaming";
  const isBroken = Boolean(NOTES[message.status]);
  const calls = begunIn(message);
  const isThinking = isStreaming && !message.text && !calls.some(isWaiting);
  const isQuiet = useQuiet(message, isStreaming && !message.tool_calls.some((call) => call.status === "running"));
  const isLast = store.countAfter(message.id) === 0;
  const canAskAgain = isCalm && message.in_reply_to && isLast;
  return (
    <article
      aria-label={agentName}
      aria-busy={isStreaming}
      data-message={message.id}
      data-status={message.status}
      data-last-event={message.lastEvent}
      className="group max-w-measure w-full flex flex-col gap-2.5"
    >
      <ToolCalls calls={calls} texts={texts} store={store} isStreaming={isStreaming} />
      {message.text && <Markdown text={message.text} texts={texts} />}
      {isThinking && (
        <p className="text-muted flex items-center gap-2">
          <span className="pulse-dot size-2 rounded-pill bg-accent" aria-hidden="true" />
          {agentName} {texts.thinking}
        </p>
      )}
      {isQuiet && <p className="text-sm text-muted">{whyQuiet || texts.quiet}</p>}
      {isBroken && (
        <p className="text-sm text-yellow border-l-2 border-yellow pl-3">{message.note || texts[NOTES[message.status]]}</p>
      )}
      {isLast &&
        missingSecrets(calls).map((name) => (
          <Link key={name} to={actions.secretPath(name)} className={`${QUIET} self-start max-w-full`}>
            <KeyRound size={18} aria-hidden="true" className="shrink-0" />
            <span className="truncate">{texts.offer_to_add.replace("{name}", name)}</span>
          </Link>
        ))}
      {message.is_practice && <p className="text-xs text-muted">{texts.practice_answer}</p>}
      <Problem text={problem} />
      {!isStreaming && (
        <div className={`-ml-2 -mt-1 ${isBroken ? SHOWN : HIDDEN_UNTIL_NEAR}`}>
          {message.text && <CopyButton text={message.text} label={texts.copy} done={texts.copied} />}
          {canAskAgain && (
            <button
              type="button"
              disabled={isBusy}
              onClick={() => run(() => actions.regenerate(message.id))}
              className={SMALL}
            >
              <RotateCcw size={16} aria-hidden="true" />
              {isBroken ? texts.retry : texts.regenerate}
            </button>
          )}
        </div>
      )}
    </article>
  );
}

/** One message; redraws when it changes, whatever happens to the others. */
export const ChatMessage = memo(function ChatMessage({
  id, store, texts, agentName, actions, isCalm, whyQuiet, onGrown,
}) {
  const subscribe = useCallback((listener) => store.subscribeTo(id, listener), [store, id]);
  const message = useSyncExternalStore(subscribe, () => store.get(id));

  useLayoutEffect(() => {
    onGrown();
    // For measurements: when an event of the stream has reached the page.
    if (window.letsbeMarksTokens && message?.lastEvent) {
      performance.mark("letsbe:event", { detail: { message: id, event: message.lastEvent } });
    }
  }, [message]);

  if (!message) return null;
  const Shape = message.role === "user" ? Said : Answer;
  return (
    <Shape
      message={message}
      texts={texts}
      agentName={agentName}
      store={store}
      actions={actions}
      isCalm={isCalm}
      whyQuiet={whyQuiet}
    />
  );
});
