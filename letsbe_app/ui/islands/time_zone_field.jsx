import { useEffect, useState } from "react";
import { INPUT } from "./look.js";

const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** All zones that the browser knows, and those that must be there. */
function zonesWith(...wanted) {
  const known = Intl.supportedValuesOf?.("timeZone") ?? [];
  return [...new Set([...known, "UTC", ...wanted])].filter(Boolean).sort();
}

/** Such as "Central European Standard Time, now 09:30"; nothing for a zone that the browser does not know. */
function inWords(zone, now) {
  try {
    const parts = new Intl.DateTimeFormat(undefined, { timeZone: zone, timeZoneName: "long" }).formatToParts();
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? zone;
    const clock = new Date().toLocaleTimeString(undefined, { timeZone: zone, timeStyle: "short" });
    return `${name}, ${now} ${clock}`;
  } catch {
    return "";
  }
}

/**
 * Which clock counts: what was `saved`, and as long as nothing was, the browser's own. Rendered in the browser
 * alone, which knows its zone. When the saved one goes by another clock, one press takes the browser's.
 */
export function TimeZoneField({ name, label, saved, words }) {
  const [own, setOwn] = useState("");
  const [chosen, setChosen] = useState("");
  useEffect(() => setOwn(browserZone()), []);
  useEffect(() => setChosen(""), [saved]);
  if (!own) return <div className="min-h-28" />;

  const zone = chosen || saved || own;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={name} className="font-medium">
        {label}
      </label>
      <select
        id={name}
        name={name}
        value={zone}
        onChange={(event) => setChosen(event.target.value)}
        aria-describedby={`${name}-words ${name}-error`}
        className={INPUT}
      >
        {zonesWith(own, saved).map((one) => (
          <option key={one} value={one}>
            {one.replaceAll("_", " ")}
          </option>
        ))}
      </select>
      <p id={`${name}-words`} className="text-sm text-muted">
        {inWords(zone, words.now)}
      </p>
      {inWords(zone, words.now) !== inWords(own, words.now) && (
        <button
          type="button"
          onClick={() => setChosen(own)}
          className="self-start text-left min-h-target text-accent underline underline-offset-2 cursor-pointer"
        >
          {words.own} ({own.replaceAll("_", " ")})
        </button>
      )}
    </div>
  );
}
