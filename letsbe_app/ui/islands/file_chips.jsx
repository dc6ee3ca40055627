import { useCallback, useEffect, useRef, useState } from "react";
import { FileText, Image, LoaderCircle, TriangleAlert, X } from "lucide-react";
import { dropFile, problemOf, sizeText, uploadFile } from "./attachments.js";
import { sentenceOf } from "./hub_rest.js";
import { newId } from "./ids.js";
import { CannotSeal } from "./sealed_box.js";

function Glyph({ mediaType }) {
  const Shape = mediaType?.startsWith("image/") ? Image : FileText;
  return <Shape size={16} aria-hidden="true" className="shrink-0 text-muted" />;
}

/** Files of a message that was sent. */
export function SentFiles({ files, texts }) {
  if (!files?.length) return null;
  return (
    <ul aria-label={texts.files} className="flex flex-wrap justify-end gap-1.5 max-w-full">
      {files.map((file) => (
        <li
          key={file.attachment_id}
          className="inline-flex items-center gap-2 max-w-full px-3 min-h-9 rounded-control bg-card border border-line
            text-sm"
        >
          <Glyph mediaType={file.media_type} />
          <span className="truncate min-w-0" title={file.name}>
            {file.name}
          </span>
          <span className="text-muted whitespace-nowrap">{sizeText(file.size_bytes)}</span>
        </li>
      ))}
    </ul>
  );
}

/**
 * The files that go with the next message. Each is sealed and sent as soon as it is chosen; `ready` are those that
 * arrived, `isBusy` says that one is still on its way.
 */
export function useFiles(tenantId, limits, texts) {
  const [files, setFiles] = useState([]);
  const stops = useRef(new Map());
  useEffect(() => () => stops.current.forEach((stop) => stop.abort()), []);

  const change = useCallback((key, changes) => {
    setFiles((before) => before.map((file) => (file.key === key ? { ...file, ...changes } : file)));
  }, []);

  const send = useCallback(
    async (key, file) => {
      const stop = new AbortController();
      stops.current.set(key, stop);
      try {
        change(key, { state: "ready", sent: await uploadFile(tenantId, file, stop.signal) });
      } catch (error) {
        const said = error instanceof CannotSeal ? texts.file_cannot_seal : sentenceOf(error, texts.file_failed);
        change(key, { state: "failed", problem: said });
      }
    },
    [tenantId, texts, change],
  );

  const add = useCallback(
    (chosen) => {
      let count = files.filter((file) => file.state !== "failed").length;
      for (const file of chosen) {
        const key = newId("key");
        const problem = problemOf(file, limits, count);
        const state = problem ? "failed" : "sending";
        const shown = { key, name: file.name, size: file.size, type: file.type, state, problem: texts[problem] };
        setFiles((before) => [...before, shown]);
        if (problem) continue;
        count += 1;
        send(key, file);
      }
    },
    [files, limits, texts, send],
  );

  const remove = useCallback(
    (key) => {
      stops.current.get(key)?.abort();
      const gone = files.find((file) => file.key === key);
      if (gone?.sent) dropFile(tenantId, gone.sent.attachment_id);
      setFiles((before) => before.filter((file) => file.key !== key));
    },
    [files, tenantId],
  );

  return {
    files,
    add,
    remove,
    clear: useCallback(() => setFiles([]), []),
    ready: files.filter((file) => file.state === "ready").map((file) => file.sent),
    isBusy: files.some((file) => file.state === "sending"),
  };
}

/** Files that wait to be sent, above the field. */
export function FileChips({ files, texts, onRemove }) {
  if (!files.length) return null;
  return (
    <ul aria-label={texts.files} aria-live="polite" className="flex flex-wrap gap-1.5 pb-1.5">
      {files.map((file) => (
        <li
          key={file.key}
          data-file-state={file.state}
          className={`inline-flex items-center gap-2 max-w-full pl-3 rounded-control bg-card border text-sm ${
            file.state === "failed" ? "border-red" : "border-line"
          }`}
        >
          {file.state === "sending" && (
            <LoaderCircle size={16} className="shrink-0 animate-spin text-muted" aria-hidden="true" />
          )}
          {file.state === "failed" && <TriangleAlert size={16} className="shrink-0 text-red" aria-hidden="true" />}
          {file.state === "ready" && <Glyph mediaType={file.sent.media_type} />}
          <span className="min-w-0 py-1">
            <span className="block truncate">{file.name}</span>
            <span className={`block text-xs ${file.state === "failed" ? "text-red" : "text-muted"}`}>
              {file.state === "failed" ? file.problem : sizeText(file.size)}
              {file.state === "sending" && `, ${texts.file_sending}`}
            </span>
          </span>
          <button
            type="button"
            onClick={() => onRemove(file.key)}
            aria-label={texts.file_remove.replace("{name}", file.name)}
            className="min-h-target min-w-target inline-flex items-center justify-center text-muted hover:text-ink
              cursor-pointer"
          >
            <X size={16} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
