import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { ChatMessage } from "./chat_message.jsx";
import { Composer } from "./composer.jsx";
import { Conversation, sendMessage, startConversation } from "./conversation.js";
import { joined, useDraft, without } from "./draft.js";
import { useFiles } from "./file_chips.jsx";
import { QUIET } from "./look.js";
import { hubStream } from "./stream.js";
import { OpenQuestions } from "./tool_calls.jsx";

const NEAR_END_PX = 120;
/** The conversation that was begun from the keyboard and whose field is to have the focus, as the first one's had. */
let writingIn = "";

/** Keeps the end in view while it grows, unless the reader scrolled up; loading earlier ones moves nothing. */
function useScroll() {
  const box = useRef(null);
  const isAtEnd = useRef(true);
  const [isAway, setIsAway] = useState(false);

  const toEnd = useCallback(() => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, []);
  const onScroll = useCallback(() => {
    const element = box.current;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    setIsAway(!isAtEnd.current);
  }, []);
  const onGrown = useCallback(() => {
    if (isAtEnd.current) toEnd();
  }, [toEnd]);
  const holdStill = useCallback(async (change) => {
    const before = box.current.scrollHeight - box.current.scrollTop;
    isAtEnd.current = false;
    await change();
    requestAnimationFrame(() => {
      if (box.current) box.current.scrollTop = box.current.scrollHeight - before;
    });
  }, []);
  return { box, isAway, toEnd, onScroll, onGrown, holdStill };
}

function Welcome({ agentName, agentDuty, suggestions, texts, onChoose }) {
  return (
    <div className="m-auto flex flex-col items-center text-center gap-3 py-8 px-2">
      <h1 className="text-xl font-semibold">{texts.empty_title.replace("{name}", agentName)}</h1>
      <p className="text-muted max-w-[44ch]">{agentDuty}</p>
      <div className="flex flex-wrap justify-center gap-2 pt-2">
        {suggestions.map((suggestion) => (
          <button
            key={suggestion}
            type="button"
            onClick={() => onChoose(suggestion)}
            className={`${QUIET} py-2 text-left whitespace-normal! font-normal!`}
          >
            {suggestion}
          </button>
        ))}
      </div>
    </div>
  );
}

function Messages({ conversation, texts, agentName, scroll, actions, isReader, whyQuiet, children }) {
  const { store } = conversation;
  const ids = useSyncExternalStore(store.subscribe, store.listSnapshot);
  const isCalm = useSyncExternalStore(store.subscribe, store.calmSnapshot);
  const [isLoading, setIsLoading] = useState(false);

  useLayoutEffect(scroll.onGrown, [ids]);

  const loadEarlier = async () => {
    setIsLoading(true);
    try {
      await scroll.holdStill(() => conversation.loadEarlier());
    } finally {
      setIsLoading(false);
    }
  };

  return (
    <>
      {store.earlier && (
        <button
          type="button"
          onClick={loadEarlier}
          disabled={isLoading}
          className="self-center min-h-target px-4 rounded-control text-accent hover:bg-sunken cursor-pointer"
        >
          {texts.load_earlier}
        </button>
      )}
      <div aria-live="polite" aria-relevant="additions" className="flex flex-col gap-5">
        {ids.map((id) => (
          <ChatMessage
            key={id}
            id={id}
            store={store}
            texts={texts}
            agentName={agentName}
            actions={actions}
            isCalm={isCalm && !isReader}
            whyQuiet={whyQuiet}
            onGrown={scroll.onGrown}
          />
        ))}
      </div>
      {children}
    </>
  );
}

/** A conversation that exists. */
function OpenRoom({
  conversationId, tenantId, agentName, texts, openApprovals, chatPath, secretsPath, fileLimits, isReader,
  whyQuiet, children,
}) {
  const navigate = useNavigate();
  const files = useFiles(tenantId, fileLimits, texts);
  const [text, setText] = useDraft(conversationId);
  const area = useRef(null);
  const conversation = useMemo(() => new Conversation(conversationId, hubStream()), [conversationId]);
  const running = useSyncExternalStore(conversation.store.subscribe, conversation.store.runningSnapshot);
  const [phase, setPhase] = useState("loading");
  const [isStopping, setIsStopping] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const scroll = useScroll();

  useEffect(() => {
    setPhase("loading");
    conversation.isClosed = false;
    conversation.onGone = () => navigate(chatPath, { replace: true });
    conversation.onArrived = (said) => {
      setText((typed) => without(typed, said));
      files.clear();
    };
    conversation.open().then(
      () => setPhase("open"),
      () => setPhase("failed"),
    );
    return () => conversation.close();
  }, [conversation, attempt]);

  useEffect(() => {
    if (writingIn === conversationId) area.current?.focus();
    writingIn = "";
  }, [conversationId]);
  useEffect(() => {
    if (!running) setIsStopping(false);
  }, [running]);
  useLayoutEffect(scroll.onGrown, [phase, openApprovals]);

  const stop = useCallback(async () => {
    setIsStopping(true);
    try {
      await conversation.stop();
    } catch {
      setIsStopping(false);
    }
  }, [conversation]);

  const actions = useMemo(
    () => ({
      edit: async (id, said) => {
        await conversation.edit(id, said);
        scroll.toEnd();
      },
      regenerate: (id) => conversation.regenerate(id),
      secretPath: (name) => `${secretsPath}?${new URLSearchParams({ add: name, from: conversationId })}`,
    }),
    [conversation, conversationId, secretsPath, scroll.toEnd],
  );

  return (
    <>
      <div className="relative grow min-h-0">
        <div
          ref={scroll.box}
          onScroll={scroll.onScroll}
          data-phase={phase}
          data-conversation={conversationId}
          className="h-full overflow-y-auto py-4 [overflow-anchor:none]"
        >
          <div className="min-h-full max-w-[820px] mx-auto flex flex-col gap-5 px-1 sm:px-4">
            {phase === "loading" && <p className="skeleton m-auto p-4 text-muted">{texts.loading}</p>}
            {phase === "failed" && (
              <div role="alert" className="m-auto flex flex-col items-center gap-3">
                <p>{texts.load_failed}</p>
                <button
                  type="button"
                  onClick={() => setAttempt(attempt + 1)}
                  className={QUIET}
                >
                  {texts.retry}
                </button>
              </div>
            )}
            {phase === "open" && (
              <OpenQuestions.Provider value={openApprovals}>
                <Messages
                  conversation={conversation}
                  texts={texts}
                  agentName={agentName}
                  scroll={scroll}
                  actions={actions}
                  isReader={isReader}
                  whyQuiet={whyQuiet}
                >
                  <div className="flex flex-col gap-4">{children}</div>
                </Messages>
              </OpenQuestions.Provider>
            )}
          </div>
        </div>
        {scroll.isAway && (
          <button
            type="button"
            onClick={scroll.toEnd}
            className="rise absolute bottom-3 inset-x-0 mx-auto w-fit min-h-target px-4 rounded-pill bg-card border
              border-line shadow-soft text-sm cursor-pointer"
          >
            {texts.jump_to_end}
          </button>
        )}
      </div>
      <Composer
        isReader={isReader}
        text={text}
        setText={setText}
        area={area}
        agentName={agentName}
        texts={texts}
        isReady={phase === "open"}
        isRunning={Boolean(running)}
        isStopping={isStopping}
        files={files}
        suffixes={fileLimits.suffixes}
        lastSaid={() => conversation.store.lastSaid()}
        onSend={async (said, sent) => {
          scroll.toEnd();
          await conversation.send(said, sent);
        }}
        onStop={stop}
      />
    </>
  );
}

/** A conversation that begins with its first message. `isReady` says that the agent is the address's. */
function NewRoom({
  tenantId, agentId, agentName, agentDuty, suggestions, chatPath, texts, isReady, wanted, draft, fileLimits, isReader,
}) {
  const navigate = useNavigate();
  const files = useFiles(tenantId, fileLimits, texts);
  const [text, setText] = useDraft(`new:${wanted}`, draft);
  const area = useRef(null);
  const started = useRef("");

  const begin = async (said, sent) => {
    // Trying again after a failure goes on in the conversation that was begun.
    started.current ||= await startConversation(tenantId, agentId);
    const id = started.current;
    await sendMessage(id, said, sent);
    if (document.activeElement === area.current) writingIn = id;
    navigate(`${chatPath}/${id}`);
  };
  const choose = (suggestion) => {
    setText((before) => joined(before, suggestion));
    area.current.focus();
  };

  return (
    <>
      <div className="grow min-h-0 overflow-y-auto flex">
        {isReady && (
          <Welcome
            agentName={agentName}
            agentDuty={agentDuty}
            suggestions={isReader ? [] : suggestions}
            texts={texts}
            onChoose={choose}
          />
        )}
      </div>
      <Composer
        isReader={isReader}
        text={text}
        setText={setText}
        area={area}
        agentName={agentName}
        texts={texts}
        isReady={isReady}
        isRunning={false}
        isStopping={false}
        files={files}
        suffixes={fileLimits.suffixes}
        lastSaid={() => ""}
        onSend={begin}
        onStop={() => {}}
      />
    </>
  );
}

/**
 * Which conversation it is, and with whom a new one begins, the address says: Reflex's state follows a moment
 * later, and `shownFor` tells which address it knows about.
 */
export function ChatRoom({ shownFor, ...props }) {
  const { conversation_id: conversationId = "" } = useParams();
  const [query] = useSearchParams();
  const wanted = query.get("agent") ?? "";
  const isCurrent = Boolean(props.agentId) && shownFor === (conversationId || `new:${wanted}`);
  const agentName = isCurrent || conversationId ? props.agentName : "";
  return (
    <section className="grow min-h-0 flex flex-col" aria-label={agentName || props.texts.title}>
      {conversationId ? (
        <OpenRoom key={conversationId} {...props} conversationId={conversationId} />
      ) : (
        <NewRoom
          key={`new:${wanted}`}
          {...props}
          agentName={agentName}
          isReady={isCurrent}
          wanted={wanted}
          draft={query.get("draft") ?? ""}
        />
      )}
    </section>
  );
}
