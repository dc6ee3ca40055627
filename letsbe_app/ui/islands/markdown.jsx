import { createContext, memo, useContext, useRef } from "react";
import { CopyButton } from "./copy_button.jsx";
import { untoldHost, wordsOf } from "./link_host.js";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

const SAFE = /^(https?:|mailto:)/i;
const PLUGINS = [remarkGfm];

/** Only addresses that a person may follow without harm; everything else is shown as text. */
export const safeUrl = (url) => (SAFE.test(url) ? url : "");

const Words = createContext({});

/** What an agent wrote to be taken over as it is. */
function Code({ children }) {
  const texts = useContext(Words);
  const block = useRef(null);
  return (
    <div className="code">
      <CopyButton text={() => block.current.textContent} label={texts.copy} done={texts.copied} />
      <pre ref={block} tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}

/** What an agent read somewhere may have told it to write a link: nobody shall follow it unaware of where to. */
function Link({ href, node, children }) {
  if (!href) return <span>{children}</span>;
  const host = untoldHost(href, wordsOf(node));
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
      {host && <span className="host"> ({host})</span>}
    </a>
  );
}

/** A box of a list of things to do; nobody can tick it, so a word says how it stands. */
function Task({ checked }) {
  const texts = useContext(Words);
  return <input type="checkbox" checked={checked} disabled readOnly aria-label={checked ? texts.ticked : texts.not_ticked} />;
}

const COMPONENTS = {
  a: Link,
  // A picture would be fetched from wherever an agent's text says, and tell that place who reads.
  img: ({ alt }) => <span>{alt}</span>,
  table: ({ children }) => (
    // Wider than the screen it is scrolled, also by keyboard.
    <div className="table-scroll" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  pre: Code,
  input: Task,
};

/** Cuts Markdown at blank lines outside of code fences, lists and tables, so that only the last piece redraws. */
export function blocksOf(text) {
  const blocks = [];
  let block = [];
  let fence = "";
  for (const line of text.split("\n")) {
    const mark = line.match(/^\s{0,3}(```+|~~~+)/)?.[1];
    if (mark && !fence) fence = mark;
    else if (mark && mark[0] === fence[0] && mark.length >= fence.length) fence = "";
    const startsAnew = block.at(-1)?.trim() === "" && /^[^\s\-*+>|\d]/.test(line);
    if (!fence && startsAnew) {
      blocks.push(block.join("\n"));
      block = [];
    }
    block.push(line);
  }
  blocks.push(block.join("\n"));
  return blocks;
}

const Block = memo(function Block({ text }) {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} urlTransform={safeUrl} skipHtml>
      {text}
    </ReactMarkdown>
  );
});

/** An agent's text. HTML in it is never rendered. */
export function Markdown({ text, texts }) {
  return (
    <Words.Provider value={texts}>
      <div className="prose">
        {blocksOf(text).map((block, index) => (
          <Block key={index} text={block} />
        ))}
      </div>
    </Words.Provider>
  );
}
