import io
import json

from tenant_daemon.policy import PolicyContext
from tenant_daemon.policy.command import check_lines, explain


def check(context: PolicyContext, *calls: object) -> list[dict[str, object]]:
    out = io.StringIO()
    check_lines(io.StringIO("\n".join(json.dumps(call) for call in calls)), out, context)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_answered_with_tier_decisions_and_path(context: PolicyContext) -> None:
    call = {"id": 7, "tool": "file_write", "args": {"path": "a/../b.txt", "content": "x"}}
    assert check(context, call) == [
        {
            "id": 7,
            "tier": "YELLOW",
            "external": False,
            "decision": {"1": "ask", "2": "run", "3": "run"},
            "reason": "Writes b.txt.",
            "path": str(context.workspace / "b.txt"),
        }
    ]


def test_a_line_may_bring_its_own_server(context: PolicyContext) -> None:
    own = {
        "allowed_hosts": ["shop.example:443"],
        "resolve": {"shop.example": ["93.184.216.34"]},
        "workspace": "/nonexistent/ws",
        "readable": ["/nonexistent/data"],
    }
    answers = check(
        context,
        {"id": 1, "tool": "http", "args": {"method": "GET", "url": "https://shop.example/"}, "context": own},
        {"id": 2, "tool": "shell", "args": {"command": "cat /nonexistent/data/a"}, "context": own},
        {"id": 3, "tool": "shell", "args": {"command": "cat /nonexistent/other/a"}, "context": own},
        {"id": 4, "tool": "shell", "args": {"command": "git push"}, "context": own},
    )
    assert [(a["tier"], a["decision"]) for a in answers] == [
        ("GREEN", {"1": "run", "2": "run", "3": "run"}),
        ("GREEN", {"1": "run", "2": "run", "3": "run"}),
        ("RED", {"1": "ask", "2": "ask", "3": "ask"}),
        ("YELLOW_EXTERNAL", {"1": "ask", "2": "ask", "3": "ask"}),
    ]


def test_a_line_that_is_no_call_does_not_stop_the_others(context: PolicyContext) -> None:
    out = io.StringIO()
    check_lines(io.StringIO('nonsense\n[]\n{"id":1,"tool":"shell","args":{"command":"ls"}}\n'), out, context)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert ["error" in answer for answer in answers] == [True, True, False]


def test_explain_says_why(context: PolicyContext) -> None:
    text = explain("rm -r reports", context)
    assert "tier      RED" in text
    assert "Deletes the folder reports and everything in it." in text
    assert "['rm', '-r', 'reports']" in text
