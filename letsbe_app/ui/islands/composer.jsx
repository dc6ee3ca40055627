import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Paperclip, Send, Square } from "lucide-react";
import { joined } from "./draft.js";
import { FileChips } from "./file_chips.jsx";
import { sentenceOf } from "./hub_rest.js";
import { DANGER, PRIMARY } from "./look.js";

const TYPING = "input, textarea, select, [contenteditable], dialog";
const MOST_CHARACTERS = 32_000;

/** Lets the text's field grow with it, up to a part of the window. */
function useGrowing(area, text) {
  useLayoutEffect(() => {
    const element = area.current;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, window.innerHeight * 0.4)}px`;
  }, [text]);
}

/** Escape stops what runs, `/` goes to the field. */
function useKeys(area, isRunning, onStop) {
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
}

/**
 * Sends what is in the field once the page is ready for it; until it was taken the text is not lost, and what is
 * typed meanwhile stays as well.
 */
function useSending(text, setText, isReady, files, onSend, failedText) {
  const [isWanted, setIsWanted] = useState(false);
  const [isSending, setIsSending] = useState(false);
  const [problem, setProblem] = useState("");
  const said = text.trim();

  const send = async () => {
    setIsSending(true);
    setProblem("");
    setText("");
    try {
      await onSend(said, files.ready);
      files.clear();
    } catch (error) {
      setText((typedSince) => joined(said, typedSince));
      setProblem(sentenceOf(error, failedText));
    } finally {
      setIsSending(false);
    }
  };

  useEffect(() => {
    if (!isWanted || !isReady || isSending || files.isBusy) return;
    setIsWanted(false);
    if (said) send();
  }, [isWanted, isReady, isSending, files.isBusy]);

  return { isBusy: isSending || isWanted, problem: said && problem, ask: () => said && !isSending && setIsWanted(true) };
}

/** Where one writes; for those who may only read, a word about it. */
export function Composer({ isReader, ...props }) {
  return isReader ? <p className="shrink-0 p-4 text-center text-muted">{props.texts.only_reading}</p> : <Writing {...props} />;
}

/**
 * `onSend(text)` tells by its promise whether it was taken. Before `isReady` one can type and
 * press Enter: it is sent as soon as the page knows to whom. `lastSaid()` gives what arrow up brings back.
 */
function Writing({
  text, setText, agentName, texts, isReady, isRunning, isStopping, lastSaid, onSend, onStop, area, files, suffixes,
}) {
  const { isBusy, problem, ask } = useSending(text, setText, isReady, files, onSend, texts.send_failed);
  const picker = useRef(null);
  useGrowing(area, text);
  useKeys(area, isRunning, onStop);

  const onKeyDown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      ask();
    } else if (event.key === "ArrowUp" && !text && lastSaid()) {
      event.preventDefault();
      setText(lastSaid());
    }
  };

  return (
    <form
      className="shrink-0 pb-3 pt-2 w-full max-w-[820px] mx-auto"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        files.add([...event.dataTransfer.files]);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        ask();
        area.current?.focus();
      }}
    >
      {problem && (
        <p role="alert" className="text-sm text-red pb-1.5">
          {problem}
        </p>
      )}
      <FileChips files={files.files} texts={texts} onRemove={files.remove} />
      <div className="flex items-end gap-2 bg-card border border-line rounded-card p-1.5 focus-within:border-accent
        has-[textarea:focus]:ring-1 ring-accent shadow-soft">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          accept={suffixes.map((suffix) => `.${suffix}`).join(",")}
          onChange={(event) => {
            files.add([...event.target.files]);
            event.target.value = "";
          }}
        />
        <button
          type="button"
          aria-label={texts.attach}
          title={texts.attach}
          onClick={() => picker.current.click()}
          className="inline-flex items-center justify-center min-h-target min-w-target rounded-control text-muted
            hover:text-ink hover:bg-sunken cursor-pointer shrink-0"
        >
          <Paperclip size={18} aria-hidden="true" />
        </button>
        <label htmlFor="composer" className="sr-only">
          {texts.composer_label}
        </label>
        <textarea
          id="composer"
          ref={area}
          rows={1}
          value={text}
          maxLength={MOST_CHARACTERS}
          placeholder={agentName ? texts.placeholder.replace("{name}", agentName) : texts.composer_label}
          aria-describedby="composer-hint"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const pasted = [...event.clipboardData.files];
            if (!pasted.length) return;
            event.preventDefault();
            files.add(pasted);
          }}
          className="grow min-w-0 resize-none bg-transparent px-1 py-2.5 !outline-none leading-6 placeholder:text-muted
            placeholder:whitespace-nowrap"
        />
        {isRunning && (
          <button
            type="button"
            onClick={onStop}
            disabled={isStopping}
            data-stop
            className={DANGER}
          >
            <Square size={16} aria-hidden="true" />
            <span className={text.trim() ? "max-sm:sr-only" : ""}>{isStopping ? texts.stopping : texts.stop}</span>
          </button>
        )}
        <button
          type="submit"
          hidden={isRunning && !text.trim()}
          disabled={!text.trim() || isBusy}
          className={PRIMARY}
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
