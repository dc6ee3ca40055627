import { createContext, useContext, useState, useSyncExternalStore } from "react";
import { Link } from "react-router";
import { Check, CircleSlash, Clock, Eye, LoaderCircle, OctagonAlert, Pencil, Send, ShieldQuestion, TriangleAlert, Undo2, X } from "lucide-react";
import { sentenceOf } from "./hub_rest.js";

const TIERS = {
  GREEN: ["text-green", Eye],
  YELLOW: ["text-yellow", Pencil],
  YELLOW_EXTERNAL: ["text-external", Send],
  RED: ["text-red", TriangleAlert],
  CRITICAL_RED: ["text-critical", OctagonAlert],
};

const STATES = {
  running: ["tool_running", LoaderCircle, "text-muted animate-spin"],
  waiting: ["tool_waiting", ShieldQuestion, "text-yellow"],
  decided: ["tool_decided", Clock, "text-muted"],
  executed: ["tool_executed", Check, "text-green"],
  denied: ["tool_denied", CircleSlash, "text-red"],
  expired: ["tool_expired", Clock, "text-muted"],
  failed: ["tool_failed", X, "text-red"],
  blocked: ["tool_blocked", CircleSlash, "text-red"],
};

const APPROVALS = {
  waiting: "approval_waiting",
  approve: "approval_approved",
  approve_and_remember: "approval_approved",
  edit_and_approve: "approval_approved",
  approved: "approval_approved",
  deny: "approval_denied",
  denied: "approval_denied",
  expired: "approval_expired",
  cancelled: "approval_cancelled",
};

const HAS_OUTPUT = new Set(["executed", "failed"]);

const REFERENCE = /SECRET_REF\(([a-z][a-z0-9-]{1,62})\)/;

const VERDICT_OF_STATUS = { executed: "approved", failed: "approved", denied: "denied", expired: "expired" };

/* A call that was loaded names its approval alone. */
export function isWaiting(call) {
  return call.status === "running" && (call.approval ?? (call.approval_id && "waiting")) === "waiting";
}

/** The secrets that an agent asked for and that the server said it does not have. */
export function missingSecrets(calls) {
  const names = calls
    .filter((call) => call.tool_name === "secret_request" && call.status === "failed")
    .map((call) => `${call.reason} ${call.output}`.match(REFERENCE)?.[1]);
  return [...new Set(names.filter(Boolean))];
}

function stateOf(call, open) {
  if (isDecided(call, open)) return STATES.decided;
  return STATES[isWaiting(call) ? "waiting" : call.status] ?? STATES.executed;
}

function Tier({ tier, texts }) {
  const [colour, Glyph] = TIERS[tier] ?? [];
  if (!Glyph) return null;
  return (
    <span
      className={`inline-flex items-center gap-1 px-2 rounded-pill border border-current/40 text-xs font-medium ${colour}`}
    >
      <Glyph size={12} aria-hidden="true" />
      {texts.tiers[tier]}
    </span>
  );
}

/** Ids of the questions that wait for a person; null where nobody knows. */
export const OpenQuestions = createContext(null);

/* An answer that broke off does not hear of the decision until its agent is back. */
function isDecided(call, open) {
  return open !== null && isWaiting(call) && !open.includes(call.approval_id);
}

const OUTCOMES = {
  undoing: ["undo_undoing", LoaderCircle, "text-muted animate-spin"],
  undone: ["undo_undone", Check, "text-green"],
  kept: ["undo_kept", CircleSlash, "text-muted"],
};

/** What a call did to a file, with a way back as long as there is one. */
function Change({ change, texts, onUndo }) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [word, Glyph, colour] = OUTCOMES[change.status] ?? [];
  const undo = async () => {
    setIsBusy(true);
    setProblem("");
    try {
      await onUndo(change.id);
    } catch (error) {
      setProblem(sentenceOf(error, texts.something_failed));
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1" data-change={change.id} data-status={change.status}>
      <code className="font-mono wrap-anywhere min-w-0">{change.path}</code>
      {word && (
        <span className={`inline-flex items-center gap-1.5 ${change.status === "undone" ? "text-green" : "text-muted"}`}>
          <Glyph size={16} aria-hidden="true" className={colour} />
          {texts[word]}
        </span>
      )}
      {change.can_undo && (
        <button
          type="button"
          disabled={isBusy}
          onClick={undo}
          aria-label={`${texts.undo}: ${change.path}`}
          className="inline-flex items-center gap-1.5 min-h-target px-2 rounded-control text-accent hover:bg-sunken
            cursor-pointer disabled:opacity-55"
        >
          <Undo2 size={16} aria-hidden="true" />
          {texts.undo}
        </button>
      )}
      {change.detail && <span className="text-muted basis-full">{change.detail}</span>}
      <span role="alert" className="text-red basis-full empty:hidden">
        {problem}
      </span>
    </div>
  );
}

function Call({ call, texts, changes, onUndo, open }) {
  const [word, Glyph, colour] = stateOf(call, open);
  const openChanges = changes.filter((change) => change.can_undo);
  const hasReason = Boolean(call.reason) && !["running", "executed"].includes(call.status);
  const approval = call.approval ?? (call.approval_id ? VERDICT_OF_STATUS[call.status] : "");
  return (
    <li className="flex flex-col gap-1.5 py-2.5" data-tool-call={call.tool_call_id} data-status={call.status}>
      <div className="flex flex-wrap items-center gap-2">
        <Glyph size={16} aria-hidden="true" className={`shrink-0 ${colour}`} />
        <span>{texts[word]}</span>
        <Tier tier={call.tier} texts={texts} />
      </div>
      {call.summary && (
        <pre
          aria-label={texts.tool_command}
          className="text-sm font-mono whitespace-pre-wrap wrap-anywhere bg-sunken rounded-control px-3 py-2"
        >
          {call.summary}
        </pre>
      )}
      {approval && !hasReason && !isDecided(call, open) && <p className="text-muted">{texts[APPROVALS[approval] ?? "approval_waiting"]}</p>}
      {hasReason && <p className="text-muted">{call.reason}</p>}
      {changes.map((change) => (
        <Change key={change.id} change={change} texts={texts} onUndo={onUndo} />
      ))}
      {openChanges.length > 1 && (
        <Link
          to={`${texts.changes_path}?undo=${encodeURIComponent(openChanges[0].id)}`}
          className="inline-flex items-center gap-1.5 min-h-target px-2 -ml-2 rounded-control text-accent hover:bg-sunken self-start"
          data-undo-all
        >
          <Undo2 size={16} aria-hidden="true" />
          {texts.undo_all.replace("{count}", Math.max(openChanges.length, openChanges[0].open_beside + 1))}
        </Link>
      )}
      {HAS_OUTPUT.has(call.status) && (
        <pre
          tabIndex={0}
          aria-label={texts.tool_output}
          className="text-sm font-mono whitespace-pre max-h-64 overflow-auto border border-line rounded-control px-3
            py-2"
        >
          {call.output || texts.tool_no_output}
        </pre>
      )}
    </li>
  );
}

/** Everything an answer did, folded into one line that opens. */
export function ToolCalls({ calls, texts, store, isStreaming }) {
  const questions = useContext(OpenQuestions);
  const open = isStreaming ? null : questions;
  const changes = useSyncExternalStore(store.subscribeToChanges, store.changesSnapshot);
  if (!calls.length) return null;
  const last = calls.at(-1);
  const [word, Glyph, colour] = stateOf(last, open);
  const steps = calls.length === 1 ? texts.one_step : texts.many_steps.replace("{count}", calls.length);
  return (
    <details className="text-sm border border-line rounded-control bg-card max-w-full" data-tools>
      <summary className="flex items-center gap-2 px-3 min-h-target cursor-pointer list-none min-w-0">
        <Glyph size={16} aria-hidden="true" className={`shrink-0 ${colour}`} />
        <span className="sr-only">{texts[word]}</span>
        <code className="font-mono truncate min-w-0">{last.summary || last.tool_name}</code>
        <span className="text-muted whitespace-nowrap ml-auto">
          {isDecided(last, open) ? texts.tool_decided : isWaiting(last) ? texts.approval_waiting : steps}
        </span>
      </summary>
      <ol className="px-3 border-t border-line divide-y divide-line">
        {calls.map((call) => (
          <Call
            key={call.tool_call_id}
            call={call}
            texts={texts}
            changes={changes.filter((change) => change.tool_call_id === call.tool_call_id && !change.is_by_person)}
            onUndo={store.undo}
            open={open}
          />
        ))}
      </ol>
    </details>
  );
}
