"""Questions about single nodes of a syntax tree."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from tree_sitter import Node


def in_order(node: Node) -> list[tuple[str, list[Node]]]:
    """
    The pipelines of a list as they are written, each with the joint before it.

    In the grammar ``a | b | c || d`` is a pipeline of ``a`` and of the list ``b | c || d``.
    """
    if node.type == "list":
        first, joint, *last = node.children
        if len(last) != 1:
            return [("", [node]), ("?", [])]
        rest = in_order(last[0])
        return [*in_order(first), (joint.type, rest[0][1]), *rest[1:]]
    if node.type != "pipeline":
        return [("", [node])]
    *before, end = node.children
    if end.type != "list":
        return [("", node.children)]
    rest = in_order(end)
    return [("", [*before, *rest[0][1]]), *rest[1:]]


def conjoined(node: Node) -> list[Node]:
    """The parts of ``A && B`` in a test."""
    if node.type != "binary_expression" or node.child_count != 3 or node.children[1].type != "&&":
        return [node]
    return [*conjoined(node.children[0]), *conjoined(node.children[2])]


def is_list(node: Node) -> bool:
    """Whether a list joined by ``&&`` or ``||`` stands where bash has its last command alone."""
    while node.type in ("redirected_statement", "pipeline"):
        if node.type == "pipeline":
            if node.children[-1].type == "list":
                return True
            node = node.children[0]
            continue
        body = node.child_by_field_name("body")
        if body is None:
            return False
        node = body
    return node.type == "list"


def is_from_command(node: Node) -> bool:
    """``< <(COMMAND)``."""
    targets = node.children_by_field_name("destination")
    signs = [child.type for child in node.children if not child.is_named]
    is_command = len(targets) == 1 and targets[0].type == "process_substitution"
    return is_command and signs == ["<"] and targets[0].children[0].type == "<("


def is_glued(nodes: Iterable[Node]) -> bool:
    """
    Whether a word follows its neighbour without a blank.

    The grammar ends a word where a backslash follows quotes or a variable; to a shell it goes on: ``"a"\\/b``
    is one word.
    """
    return any(
        before.end_byte == node.start_byte and node.type not in ("file_redirect", "herestring_redirect")
        for before, node in pairwise(nodes)
    )


_WHOLE: Final = frozenset({"string", "raw_string", "ansi_c_string", "heredoc_body", "comment"})


def loses_escaped_blank(root: Node, source: bytes) -> bool:
    """Whether the grammar takes a blank behind a backslash for one between words."""
    if b"\\ " not in source and b"\\\t" not in source:
        return False
    left = bytearray(source)
    stack = [root]
    while stack:
        node = stack.pop()
        if node.child_count == 0 or node.type in _WHOLE:
            left[node.start_byte : node.end_byte] = b"x" * (node.end_byte - node.start_byte)
        else:
            stack.extend(node.children)
    return b"\\" in left
