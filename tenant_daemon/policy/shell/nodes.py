"""Questions about single nodes of a syntax tree."""

from tree_sitter import Node


def is_list(node: Node) -> bool:
    """Whether a list joined by ``&&`` or ``||`` stands where bash has its last command alone."""
    while node.type in ("redirected_statement", "pipeline"):
        body = node.child_by_field_name("body") if node.type == "redirected_statement" else node.children[0]
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
