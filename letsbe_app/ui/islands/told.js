import { refs } from "$/utils/state";

/**
 * Lets the hub hand something to this tab: `take` gets what Python's `tell(name, value)` says.
 *
 * To Reflex it is a field whose value is set: the one of its events that brings data into a page and evaluates
 * nothing, which the content policy would forbid.
 */
export function hear(name, take) {
  refs[`ref_${name}`] = {
    current: {
      set value(told) {
        take(told);
      },
    },
  };
}
