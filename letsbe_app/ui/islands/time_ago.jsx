import { useEffect, useState } from "react";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function inWords(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return format.format(0, "second");
}

/** A time in words, kept right once a minute. Rendered in the browser alone, which knows zone and language. */
export function TimeAgo({ iso, prefix = "" }) {
  const [text, setText] = useState("");
  const date = iso ? new Date(iso) : null;

  useEffect(() => {
    if (!date) return undefined;
    const show = () => setText(inWords(date));
    show();
    const timer = setInterval(show, 30_000);
    return () => clearInterval(timer);
  }, [iso]);

  if (!date) return null;
  return (
    <time dateTime={iso} title={text ? date.toLocaleString() : undefined} className="whitespace-nowrap">
      {text && prefix ? `${prefix} ${text}` : text || "\u00a0"}
    </time>
  );
}
