"""Calls of functions in a statement of SQL."""

from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.sql.functions import PURE
from tenant_daemon.policy.sql.tokens import Token
from tenant_daemon.policy.verdict import Verdict

# `INSERT INTO orders (a, b)` names a table; any other name followed by a parenthesis is a function.
_BEFORE_NAMES: Final = frozenset(
    {"into", "table", "exists", "with", "recursive", "index", "key", "references", "constraint", "view"}
)
_CHANGING: Final = {"pg_cancel_backend": "Stops a query that runs."}
_MULTIPLYING: Final = frozenset({"repeat", "lpad", "rpad", "generate_series", "space"})
_MOST_DIGITS: Final = 7


def judge_functions(verdict: Verdict, tokens: list[Token]) -> None:
    """Functions that are not known to calculate only, and sums that the server could not hold."""
    if any(token.kind == "number" and _is_large(token.text) for token in tokens) and any(
        token.text in _MULTIPLYING for token in tokens
    ):
        verdict.note(Tier.RED, "sql.large", "It would calculate more than the server holds.", unknown=True)
    for index in range(len(tokens) - 1):
        token, follower = tokens[index], tokens[index + 1]
        if follower.text != "(" or token.kind not in ("word", "quoted"):
            continue
        # `INSERT INTO orders (a, b)` and `WITH recent (a) AS` name tables, not functions.
        before = tokens[index - 1].text if index else ""
        if before in _BEFORE_NAMES or (before == "on" and tokens[0].text == "create"):
            continue
        behind = tokens[index - 2].text if before == "as" and index > 1 else before
        if behind == ")" and _are_columns(tokens, index + 2):
            continue
        if before == "." and index > 2 and tokens[index - 3].text in ("into", "table"):
            continue
        if token.text in _CHANGING and token.kind == "word" and before != ".":
            verdict.note(Tier.YELLOW, "sql.change", _CHANGING[token.text])
        elif token.kind == "quoted" or token.text not in PURE or before == ".":
            verdict.note(
                Tier.RED,
                "sql.function",
                f"What the database function {token.text} does is not known here.",
                unknown=True,
            )


def _is_large(number: str) -> bool:
    """Whether a number has many digits, written out or not."""
    digits, _, power = number.lower().partition("e")
    return len(digits) + (int(power) if power.isdecimal() else 0) > _MOST_DIGITS


def _are_columns(tokens: list[Token], at: int) -> bool:
    """``(SELECT ...) totals(id, amount)``: names for a table that is made on the way."""
    while at < len(tokens) and tokens[at].kind == "word":
        at += 1
        if at < len(tokens) and tokens[at].text == ")":
            return tokens[at - 1].kind == "word"
        if at >= len(tokens) or tokens[at].text != ",":
            return False
        at += 1
    return False
