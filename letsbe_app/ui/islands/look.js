/** How the islands' buttons and fields look: as those of `components/button.py` and `components/field.py`. */

const BUTTON =
  "inline-flex items-center justify-center gap-2 min-h-target px-4 rounded-control font-medium cursor-pointer " +
  "whitespace-nowrap disabled:opacity-55 disabled:cursor-default aria-disabled:opacity-55";

export const PRIMARY = `${BUTTON} bg-accent text-on-accent hover:brightness-110`;
export const QUIET = `${BUTTON} bg-card text-ink border border-line hover:bg-sunken`;
export const DANGER = `${BUTTON} bg-card text-red border border-red hover:bg-red/10`;

/** For what stands beside a text and is wanted seldom. */
export const SMALL =
  "inline-flex items-center gap-1.5 min-h-target px-2 text-sm text-muted hover:text-ink rounded-control " +
  "cursor-pointer disabled:opacity-55";

export const INPUT =
  "w-full min-h-target px-3 py-2 rounded-control bg-card text-ink border border-muted/70 focus:border-accent " +
  "aria-invalid:border-red";
