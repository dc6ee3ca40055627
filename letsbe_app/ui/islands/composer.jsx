import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Send, Square } from "lucide-react";

const TYPING = "input, textarea, select, [contenteditable], dialog";
const MOST_CHARACTERS = 32_000;

/** What was typed stays in this tab until it is sent, also over a reload. */
function useDraft(name, initial) {
  const key = `letsbe:draft:${name}`;
  const [text, setText] = useState(initial);
  useEffect(() => {
    setText(sessionStorage.getItem(key) ?? initial);
  }, [key, initial]);
  const keep = (value) => {
    setText(value);
    if (value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
  };
  return [text, keep];
}

/** Where one writes. `onSend(text)` tells by its promise whether it was taken; until then the text stays. */
export function Composer({ name, draft, agentName, texts, isRunning, isStopping, onSend, onStop }) {
  const [text, setText] = useDraft(name, draft);
  const [problem, setProblem] = useState("");
  const [isSending, setIsSending] = useState(false);
  const area = useRef(null);

  useLayoutEffect(() => {
    const element = area.current;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, window.innerHeight * 0.4)}px`;
  }, [text]);

  useEffect(() => {
    const onKey = (event) => {
      if (event.key === "Escape" && isRunning && !event.target.closest?.("dialog")) onStop();
      if (event.key === "/" && !event.target.closest?.(TYPING)) {
        event.preventDefault();
        area.current.focus();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isRunning, onStop]);

  const send = async () => {
    const said = text.trim();
    if (!said || isSending) return;
    setIsSending(true);
    setProblem("");
    setText("");
    try {
      await onSend(said);
    } catch (error) {
      setText(said);
      setProblem(error.message && error.code ? error.message : texts.send_failed);
    } finally {
      setIsSending(false);
      area.current?.focus();
    }
  };

  return (
    <form
      className="shrink-0 pb-3 pt-2 w-full max-w-[820px] mx-auto"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {problem && (
        <p role="alert" className="text-sm text-red pb-1.5">
          {problem}
        </p>
      )}
      <div className="flex items-end gap-2 bg-card border border-line rounded-card p-1.5 focus-within:border-accent shadow-soft">
        <label htmlFor="composer" className="sr-only">
          {texts.composer_label}
        </label>
        <textarea
          id="composer"
          ref={area}
          rows={1}
          value={text}
          maxLength={MOST_CHARACTERS}
          placeholder={texts.placeholder.replace("{name}", agentName)}
          aria-describedby="composer-hint"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              send();
            }
          }}
          className="grow min-w-0 resize-none bg-transparent px-3 py-2.5 outline-none leading-6 placeholder:text-muted"
        />
        {isRunning && (
          <button
            type="button"
            onClick={onStop}
            disabled={isStopping}
            data-stop
            className="inline-flex items-center gap-2 min-h-target px-4 rounded-control border border-red text-red
              font-medium cursor-pointer disabled:opacity-55"
          >
            <Square size={16} aria-hidden="true" />
            {isStopping ? texts.stopping : texts.stop}
          </button>
        )}
        <button
          type="submit"
          disabled={!text.trim() || isSending}
          className="inline-flex items-center gap-2 min-h-target px-4 rounded-control bg-accent text-on-accent font-medium
            cursor-pointer disabled:opacity-55 disabled:cursor-default"
        >
          <Send size={16} aria-hidden="true" />
          <span className="max-sm:sr-only">{texts.send}</span>
        </button>
      </div>
      <p id="composer-hint" className="text-xs text-muted pt-1.5 px-2 max-sm:sr-only">
        {texts.composer_hint}
      </p>
    </form>
  );
}
