const TYPED = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";

/** Whether a field within differs from what it began with. */
export const holdsTyped = (element) =>
  [...element.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);
