"""Redirections of a command: files, other outputs, and texts for its input."""

import re
from typing import Final

from tree_sitter import Node

from tenant_daemon.policy.shell.nodes import is_glued
from tenant_daemon.policy.shell.script import Redirect, Word
from tenant_daemon.policy.shell.words import SAID, WORDS, Refused, WordReader

_REDIRECTS: Final = {
    ("", ">"): "out",
    ("1", ">"): "out",
    ("", ">|"): "out",
    ("", ">>"): "append",
    ("1", ">>"): "append",
    ("", "<"): "in",
    ("0", "<"): "in",
    ("2", ">"): "err",
    ("2", ">>"): "err",
    ("", "&>"): "both",
}
# By their names the program's own outputs; we would open those of another process.
_OUTPUTS: Final = {
    ("out", "/dev/stderr"): Redirect("aside", Word("2")),
    ("append", "/dev/stderr"): Redirect("aside", Word("2")),
    ("err", "/dev/stdout"): Redirect("merge", Word("1")),
}
_NUMBER: Final = re.compile(rb"\s\d+\Z")
COMPOUND: Final = frozenset({"subshell", "compound_statement", "for_statement", "if_statement"})


class RedirectReader(WordReader):
    """Reads redirections."""

    def redirect(self, node: Node, words: list[Word] | None = None) -> Redirect:
        """One ``file_redirect``; the words behind it, which it swallows in the grammar, go to ``words``."""
        if node.type != "file_redirect":
            raise Refused(SAID.get(node.type, "a redirection that is not allowed"))
        descriptor = node.child_by_field_name("descriptor")
        number = "" if descriptor is None else self.text(descriptor)
        signs = [c.type for c in node.children if not c.is_named]
        targets = node.children_by_field_name("destination")
        # Behind `==` the grammar takes the number of a redirection for a word.
        before = self.source[max(0, node.start_byte - 4) : node.start_byte]
        if is_glued(targets) or (descriptor is None and _NUMBER.search(before)):
            raise Refused("a redirection that is not allowed")
        if len(targets) > 1 and words is not None and not self.is_for_shell:
            targets, rest = targets[:1], targets[1:]
            if any(word.type not in WORDS for word in rest):
                raise Refused("a redirection that is not allowed")
            words.extend(word for one in rest for word in self.words(one))
        if len(signs) != 1 or len(targets) != 1 or targets[0].type not in WORDS:
            raise Refused("a redirection that is not allowed")
        if signs[0] == ">&" and number == "2" and self.text(targets[0]) == "1":
            return Redirect("merge", Word("1"))
        if signs[0] == ">&" and number in ("", "1") and self.text(targets[0]) == "2":
            return Redirect("aside", Word("2"))
        kind = _REDIRECTS.get((number, signs[0]))
        if kind is None:
            raise Refused("a redirection that is not allowed")
        said = _OUTPUTS.get((kind, self.text(targets[0])))
        if said is not None:
            return said
        return Redirect(kind, self.word(targets[0]))  # type: ignore[arg-type]

    def input_text(self, node: Node, redirects: list[Redirect], tails: list[Node]) -> Word:
        """The text of a here-document or here-string; what stands behind it on its line goes to the lists."""
        if self.is_for_shell or self.names is None:
            raise Refused(SAID[node.type])
        if node.type == "herestring_redirect":
            targets = [child for child in node.children if child.is_named]
            if len(targets) != 1 or targets[0].type not in WORDS:
                raise Refused(SAID[node.type])
            word = self.word(targets[0])
            return word._replace(text=word.text + "\n", is_glob=False)
        start = next((child for child in node.children if child.type == "heredoc_start"), None)
        if start is None or node.child_by_field_name("descriptor") is not None:
            raise Refused(SAID[node.type])
        for child in node.children:
            if child.type == "file_redirect":
                redirects.append(self.redirect(child))
            elif child.type in ("pipeline", "&&", "||") or (
                child.start_byte > start.end_byte > 0
                and (child.type in COMPOUND or child.type in ("command", "redirected_statement", "list"))
            ):
                tails.append(child)
            elif child.type not in ("<<", "<<-", "heredoc_start", "heredoc_body", "heredoc_end"):
                raise Refused(SAID[node.type])
        return self._body(node, start)
