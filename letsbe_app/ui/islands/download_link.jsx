/** A link to a file. The router takes every link of its own for a page and would look for one. */
export function DownloadLink({ text, href, className, onSave }) {
  return (
    <a href={href} download className={className} onClick={() => onSave?.()}>
      {text}
    </a>
  );
}
