// The agents' only tools. Each call is posted to the Safety Wrapper, which judges it, asks a person where it
// must, executes it and redacts the result; nothing is executed in this process.
//
// Three plain files, no build and no dependencies, so that what is reviewed is what runs.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";

const path = (what) => ({
  type: "string",
  description: `${what} Relative to your workspace, for example \`notes/today.md\`.`,
});
const text = (description) => ({ type: "string", description });
// The form that the vault takes (tenant_daemon/vault/names.py).
const secretName = (example) =>
  text(`2 to 63 small letters, digits and hyphens, beginning with a letter, for example \`${example}\`.`);
const object = (properties, required = Object.keys(properties)) => ({
  type: "object",
  additionalProperties: false,
  properties,
  required,
});

const SECRETS = "Write SECRET_REF(name) where a password or key belongs: it is put in when the call runs.";

const TOOLS = {
  shell: {
    description:
      "Run one command, or a short script of commands, in your workspace and get its output. No shell interprets " +
      "it: pipes, `&&`, `||`, quotes, `*`, `>`, variables, plain loops and `$(...)` are understood, and what is not " +
      "understood waits for the owner. " +
      `Reading is done at once; a change or anything unusual may wait until the owner approves it. ${SECRETS}`,
    parameters: object({ command: text("For example `df -h .` or `rm -r old-drafts`.") }),
  },
  docker: {
    description:
      "Look at or control the containers of the business tools on this server, like the `docker` program. " +
      "`ps`, `logs`, `inspect` and `stats --no-stream` only read; removing anything waits for the owner.",
    parameters: object({ command: text("The arguments after the word docker, for example `ps` or `logs --tail 50 ghost`.") }),
  },
  file_read: {
    description: "Read a text file. Passwords and keys in it appear as SECRET_REF(name) or [REDACTED].",
    parameters: object({ path: path("The file.") }),
  },
  file_write: {
    description: `Write a text file, replacing what it held; missing folders are made. ${SECRETS}`,
    parameters: object({ path: path("The file."), content: text("Its whole new content.") }),
  },
  file_list: {
    description: "List the files and folders in a folder, with sizes and dates.",
    parameters: object({ path: path("The folder; `.` is the workspace itself.") }),
  },
  file_move: {
    description: "Move or rename a file or folder.",
    parameters: object({ source: path("What to move."), target: path("Its new place.") }),
  },
  file_delete: {
    description: "Delete one file. Waits for the owner unless they allowed it.",
    parameters: object({ path: path("The file.") }),
  },
  env_read: {
    description: "Show which settings a `.env` file has. Every value is masked.",
    parameters: object({ path: path("The `.env` file.") }),
  },
  env_update: {
    description: `Set one setting in a \`.env\` file; the others stay as they are. ${SECRETS}`,
    parameters: object({
      path: path("The `.env` file."),
      key: text("Name of the setting, for example `SMTP_PASSWORD`."),
      value: text("Its new value."),
    }),
  },
  http: {
    description:
      "Call the web interface (API) of a business tool of this server. Anything that reaches other people, such as " +
      `publishing or sending, waits for the owner until they unlock it. ${SECRETS}`,
    parameters: object(
      {
        method: { type: "string", enum: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] },
        url: text("Full address, starting with http:// or https://."),
        headers: {
          type: "object",
          additionalProperties: { type: "string" },
          description: 'For example {"Content-Type": "application/json"}.',
        },
        body: text("The request's body as text; JSON is written out."),
      },
      ["method", "url"],
    ),
  },
  secret_generate: {
    description: "Make a new random password and keep it in the vault under a name. You never see it; use SECRET_REF(name).",
    parameters: object(
      {
        name: secretName("ghost-admin"),
        length: { type: "integer", minimum: 16, maximum: 128, description: "Number of characters; 32 if left out." },
      },
      ["name"],
    ),
  },
  secret_rotate: {
    description:
      "Give a password a new value, in the vault and in the tool that knows it, or in neither. You never see it; " +
      "SECRET_REF(name) stands for the new one afterwards.",
    parameters: object({ name: secretName("shop-database") }),
  },
  secret_request: {
    description:
      "Ask the owner to type a password or key into the vault. It never passes through you; afterwards use SECRET_REF(name). " +
      "Never ask for passwords in the chat itself.",
    parameters: object({
      name: secretName("mail-password"),
      purpose: text("Why you need it, one sentence that the owner reads."),
    }),
  },
  handover: {
    description: "Hand a task to a colleague and get their answer. Give all they need to know: they do not see this conversation.",
    parameters: object({
      agent_id: text("The colleague: `dispatcher`, `it-admin`, `marketing`, `secretary`, `sales`, or another one on this server."),
      message: text("The task, in full."),
    }),
  },
};

// While the wrapper restarts a call is sent again under the same tool_call_id, which joins the first delivery:
// it never runs twice (tenant_daemon/safety/schemas.py, CallContext).
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
const GIVE_UP_AFTER_MS = 5 * 60_000;
const MOST_RUNS_REMEMBERED = 1_000;
const CANCEL_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

class Unreachable extends Error {}

/** POST JSON to the wrapper; resolves to {status, body}. Rejects with Unreachable when no answer came. */
function post(config, route, payload, { signal, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const lost = (cause) => reject(signal?.aborted ? signal.reason : new Unreachable(cause));
    const body = Buffer.from(JSON.stringify(payload));
    const outgoing = request(new URL(route, config.baseUrl), {
      method: "POST",
      // A connection of its own: one kept alive by a wrapper that has restarted would fail at first use.
      agent: false,
      headers: {
        authorization: `Bearer ${readFileSync(config.tokenFile, "utf8").trim()}`,
        "content-type": "application/json",
        "content-length": body.length,
      },
      signal,
      timeout: timeoutMs,
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.on("error", (error) => lost(error.code ?? "connection failed"));
    outgoing.on("response", (response) => {
      const chunks = [];
      let size = 0;
      response.on("data", (chunk) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) response.destroy();
        else chunks.push(chunk);
      });
      response.on("close", () => {
        if (!response.complete) return lost("connection lost");
        resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.end(body);
  });
}

/** Waits, or rejects at once when the signal aborts. */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

const isAway = (status) => status === 502 || status === 503 || status === 504;

/** The wrapper's answer, however often the connection is lost while it restarts. */
async function execute(config, call, signal) {
  let wait = FIRST_RETRY_MS;
  let reachedAt = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const startedAt = Date.now();
    try {
      const answer = await post(config, "/api/v1/tools/execute", call, { signal });
      if (!isAway(answer.status)) return answer;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    // A connection that had held for a while shows that the wrapper was there.
    if (Date.now() - startedAt > LONGEST_RETRY_MS) {
      reachedAt = Date.now();
      wait = FIRST_RETRY_MS;
    }
    if (Date.now() - reachedAt > GIVE_UP_AFTER_MS) throw new Unreachable("the Safety Wrapper does not answer");
    await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_RETRY_MS);
  }
}

const ADVICE = {
  denied: "A person decided this. Do not try to reach the same by another way; tell the owner what was denied and why.",
  expired: "Nobody decided in time, which means no. Tell the owner that it was not done.",
  blocked: "This is not allowed here, whoever asks. Do not try another way; tell the owner.",
  waiting: "It still waits for the owner. Say so and end your turn; you will be told the outcome in a later message.",
};

/** What the model reads: status and reason first, then the output as it is. */
function describe(answer) {
  const lines = [`status: ${answer.status}`];
  if (answer.reason) lines.push(`reason: ${answer.reason}`);
  if (typeof answer.exit_code === "number") lines.push(`exit_code: ${answer.exit_code}`);
  if (ADVICE[answer.status]) lines.push(`note: ${ADVICE[answer.status]}`);
  if (answer.output) lines.push("output:", answer.output);
  return lines.join("\n");
}

/** The wrapper's answer as text for the model; anything unexpected counts as not done. */
function readAnswer({ status, body }) {
  try {
    const answer = JSON.parse(body);
    if (status === 200 && typeof answer?.status === "string") return describe(answer);
  } catch {
    // Falls through: a body that is not JSON is no answer of the wrapper.
  }
  return describe({ status: "failed", reason: `The Safety Wrapper refused the call (HTTP ${status}).` });
}

/**
 * The conversation in `agent:<agentId>:c-<conversation>`, which in a handover is followed by `-h-<call>`
 * (tenant_daemon/hub_client/sessions.py); null for sessions that are no chat.
 */
function conversationOf(sessionKey) {
  return /^agent:[^:]+:c-([A-Za-z0-9_]{1,64}?)(?:-h-.+)?$/.exec(sessionKey)?.[1] ?? null;
}

/**
 * Models repeat ids ("call_0") from one chat to the next; the wrapper needs a name that is never used again.
 * Small letters, because the name becomes part of a session key and OpenClaw writes those small.
 */
function nameCall(toolCallId) {
  const prefix = String(toolCallId).replace(/[^A-Za-z0-9_-]/g, "").slice(0, 24);
  return `${prefix}.${randomUUID()}`.toLowerCase();
}

function makeTool(name, ctx, config) {
  return {
    name,
    label: name,
    description: TOOLS[name].description,
    parameters: TOOLS[name].parameters,
    async execute(toolCallId, params, signal) {
      if (!ctx.agentId || !ctx.sessionKey) throw new Error("This call belongs to no agent, so it is not carried out.");
      const call = {
        session_id: ctx.sessionKey,
        agent_id: ctx.agentId,
        tool_name: name,
        tool_args: params ?? {},
        context: { conversation_id: conversationOf(ctx.sessionKey), tool_call_id: nameCall(toolCallId) },
      };
      try {
        return reply(readAnswer(await execute(config, call, signal)));
      } catch (error) {
        if (signal?.aborted) {
          await cancel(config, ctx.sessionKey);
          throw error;
        }
        const reason = error instanceof Unreachable ? error.message : "the call could not be sent";
        return reply(describe({ status: "failed", reason: `Not known to be done: ${reason}.` }));
      }
    },
  };
}

/**
 * The daemon puts an invisible word joiner in front of every message (tenant_daemon/openclaw/neutralise.py).
 * OpenClaw begins runs that nobody asked for, too: to go on with what a restart interrupted, or with what a
 * sub-agent has finished. Their answer would belong to no message, and could repeat what was already done.
 */
const isOurs = (prompt) => /^(?:\[[^\]\n]{0,80}\] ?)?\u2060/.test(prompt ?? "");

/**
 * Runs of this process that the daemon began. OpenClaw asks again when it repeats a failed model request, and
 * the repetition's prompt is OpenClaw's own. A restart forgets them, as it should.
 */
const begun = {
  ids: new Set(),
  has(runId) {
    return runId !== undefined && this.ids.has(runId);
  },
  add(runId) {
    if (runId === undefined) return;
    this.ids.add(runId);
    if (this.ids.size > MOST_RUNS_REMEMBERED) this.ids.delete(this.ids.values().next().value);
  },
};

const reply = (words) => ({ content: [{ type: "text", text: words }], details: {} });

/** Tell the wrapper that the chat was stopped, so that a pending approval of it is withdrawn. */
async function cancel(config, sessionKey) {
  try {
    await post(config, "/api/v1/sessions/cancel", { session_id: sessionKey }, { timeoutMs: CANCEL_TIMEOUT_MS });
  } catch {
    // The wrapper is away. An approval that stays open is withdrawn by the link, which sees the stop as well.
  }
}

export default definePluginEntry({
  id: "letsbe-safety",
  name: "LetsBe safety",
  description: "Every tool of a LetsBe agent, carried out by the Safety Wrapper.",
  register(api) {
    const config = api.pluginConfig;
    // First of all, so that an error further down leaves the gateway with the block and without tools.
    api.on(
      "before_tool_call",
      (event) =>
        Object.hasOwn(TOOLS, event.toolName)
          ? undefined
          : { block: true, blockReason: `The tool ${event.toolName} is not available on this server.` },
      { priority: 1000 },
    );
    api.on(
      "before_agent_run",
      (event, ctx) =>
        isOurs(event.prompt) || begun.has(ctx?.runId)
          ? (begun.add(ctx?.runId), { outcome: "pass" })
          : { outcome: "block", reason: "not begun by the daemon", message: "A restart cut off what was being done." },
      { priority: 1000 },
    );
    if (!config?.baseUrl || !config?.tokenFile) throw new Error("letsbe-safety: baseUrl and tokenFile must be set");
    for (const name of Object.keys(TOOLS)) {
      api.registerTool((ctx) => makeTool(name, ctx, config), { name });
    }
  },
});
