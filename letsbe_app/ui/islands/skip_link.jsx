/**
 * The first stop of the keyboard: goes past the header. It moves the focus and leaves the address alone, which on
 * some pages says what is shown.
 */
export function SkipLink({ label, target }) {
  return (
    <a
      href={`#${target}`}
      className="skip-link"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(target)?.focus();
      }}
    >
      {label}
    </a>
  );
}
