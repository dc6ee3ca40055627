import { memo, useCallback, useLayoutEffect, useSyncExternalStore } from "react";
import { Markdown } from "./markdown.jsx";
import { ToolCalls } from "./tool_calls.jsx";

const NOTES = { stopped: "status_stopped", failed: "status_failed", interrupted: "status_interrupted" };

function Said({ message, texts }) {
  return (
    <article
      aria-label={texts.you}
      data-message={message.id}
      data-status={message.status}
      className="self-end max-w-[85%] flex flex-col items-end gap-1"
    >
      <div className="bg-accent/12 rounded-card rounded-br-sm px-4 py-2.5 whitespace-pre-wrap wrap-anywhere min-w-0">
        {message.text}
      </div>
      {message.status === "waiting" && <p className="text-sm text-muted">{texts.message_waiting}</p>}
      {message.status === "failed" && <p className="text-sm text-red">{message.note || texts.something_failed}</p>}
    </article>
  );
}

function Answer({ message, texts, agentName }) {
  const isStreaming = message.status === "streaming";
  return (
    <article
      aria-label={agentName}
      aria-busy={isStreaming}
      data-message={message.id}
      data-status={message.status}
      data-last-event={message.lastEvent}
      className="max-w-measure w-full flex flex-col gap-2.5"
    >
      <ToolCalls calls={message.tool_calls} texts={texts} />
      {message.text && <Markdown text={message.text} />}
      {isStreaming && !message.text && (
        <p className="text-muted flex items-center gap-2">
          <span className="pulse-dot size-2 rounded-pill bg-accent" aria-hidden="true" />
          {agentName} {texts.thinking}
        </p>
      )}
      {NOTES[message.status] && (
        <p className="text-sm text-yellow border-l-2 border-yellow pl-3">{message.note || texts[NOTES[message.status]]}</p>
      )}
      {message.is_practice && <p className="text-xs text-muted">{texts.practice_answer}</p>}
    </article>
  );
}

/** One message; redraws when it changes, whatever happens to the others. */
export const ChatMessage = memo(function ChatMessage({ id, store, texts, agentName, onGrown }) {
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
  return message.role === "user" ? (
    <Said message={message} texts={texts} />
  ) : (
    <Answer message={message} texts={texts} agentName={agentName} />
  );
});
