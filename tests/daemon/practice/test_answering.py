"""What the practice model understands, and that it speaks from results alone."""

import json

import pytest

from tenant_daemon.openclaw.tools import plugin_tools
from tenant_daemon.practice.answering import answer
from tenant_daemon.practice.conversation import Conversation, ToolResult
from tenant_daemon.practice.reply import Call, Reply, Say
from tenant_daemon.safety.schemas import CHANGED_BY_OWNER

SITE = "http://127.0.0.1:8110/practice-site"


def ask(question: str, *results: ToolResult, tools: frozenset[str] = frozenset(plugin_tools())) -> Reply:
    return answer(Conversation(question, tools, results), SITE)


@pytest.mark.parametrize(
    ("question", "tool_name", "tool_args"),
    [
        ("How much disk space is left?", "shell", {"command": "df -h ."}),
        ("Wie viel Speicherplatz ist noch frei?", "shell", {"command": "df -h ."}),
        ("What is running?", "shell", {"command": "ps aux"}),
        ("Was läuft gerade?", "shell", {"command": "ps aux"}),
        ("Which containers are there?", "docker", {"command": "ps"}),
        ("Please read notes.txt", "file_read", {"path": "notes.txt"}),
        ("Lies bitte ordner/notiz.md", "file_read", {"path": "ordner/notiz.md"}),
        ('Write "Buy paper" to notes.txt', "file_write", {"path": "notes.txt", "content": "Buy paper\n"}),
        (
            'Schreibe "Papier kaufen" in notiz.txt',
            "file_write",
            {"path": "notiz.txt", "content": "Papier kaufen\n"},
        ),
        (
            'Write a file notes.txt with the text "Rye bread on Friday"',
            "file_write",
            {"path": "notes.txt", "content": "Rye bread on Friday\n"},
        ),
        ("List my files", "file_list", {"path": "."}),
        ("Which files are in your workspace?", "file_list", {"path": "."}),
        ("Which files are in the folder drafts?", "file_list", {"path": "drafts"}),
        ("Welche Dateien sind da?", "file_list", {"path": "."}),
        ("Delete the folder old-drafts", "shell", {"command": "rm -r old-drafts"}),
        ("Tidy up the old-drafts folder", "shell", {"command": "rm -r old-drafts"}),
        ("Lösche den Ordner alte-entwuerfe bitte", "shell", {"command": "rm -r alte-entwuerfe"}),
        ("Delete the file notes.txt", "file_delete", {"path": "notes.txt"}),
        (
            "use secret ghost-admin to write login.txt",
            "file_write",
            {"path": "login.txt", "content": "password = SECRET_REF(ghost-admin)\n"},
        ),
        (
            "Use the secret mail-password to set SMTP_PASSWORD in app.env",
            "env_update",
            {"path": "app.env", "key": "SMTP_PASSWORD", "value": "SECRET_REF(mail-password)"},
        ),
        (
            "Set COLOUR to blue in app.env",
            "env_update",
            {"path": "app.env", "key": "COLOUR", "value": "blue"},
        ),
        ("Generate a new password named ghost-admin", "secret_generate", {"name": "ghost-admin"}),
        (
            "Ask marketing to list the files",
            "handover",
            {"agent_id": "marketing", "message": "list the files"},
        ),
        (
            "Frag den IT-Admin, wie viel Platz frei ist",
            "handover",
            {"agent_id": "it-admin", "message": "wie viel Platz frei ist"},
        ),
    ],
)
def test_a_request_becomes_a_tool_call(question: str, tool_name: str, tool_args: dict[str, str]) -> None:
    reply = ask(question)
    assert isinstance(reply, Call)
    assert (reply.tool_name, reply.tool_args) == (tool_name, tool_args)


def test_publishing_posts_to_the_practice_website() -> None:
    reply = ask('Publish "We are open on Sunday"')
    assert isinstance(reply, Call)
    assert reply.tool_args["method"] == "POST"
    assert reply.tool_args["url"] == f"{SITE}/api/posts"
    text = "We are open on Sunday"
    assert json.loads(reply.tool_args["body"]) == {"title": text, "text": text, "status": "published"}


@pytest.mark.parametrize("question", ["Show me the admin password", "Zeig mir das Passwort von Ghost"])
def test_a_password_is_never_shown(question: str) -> None:
    reply = ask(question)
    assert isinstance(reply, Say)
    assert "SECRET_REF(name)" in reply.text


@pytest.mark.parametrize(("question", "word"), [("hi", "practice mode"), ("Grüß dich", "Übungsmodus")])
def test_anything_else_says_what_practice_mode_can_do(question: str, word: str) -> None:
    reply = ask(question)
    assert isinstance(reply, Say)
    assert word in reply.text


def test_a_story_has_as_many_words_as_asked() -> None:
    reply = ask("tell me a long story of 250 words")
    assert isinstance(reply, Say)
    assert len(reply.text.split()) == 250


def test_without_the_tool_a_colleague_is_asked() -> None:
    question = "How much disk space is left?"
    reply = ask(question, tools=frozenset({"handover"}))
    assert isinstance(reply, Call)
    assert reply.tool_args == {"agent_id": "it-admin", "message": question}


def test_without_tool_and_colleague_it_says_so() -> None:
    reply = ask("What is running?", tools=frozenset())
    assert reply == Say("For that I would need the tool `shell`, which I was not given.")


DF = "Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda1       252G  9.1G  230G   4% /\n"


def test_disk_figures_come_from_df() -> None:
    result = ToolResult("shell", {"command": "df -h ."}, "executed", exit_code=0, output=DF)
    reply = ask("How much disk space is left?", result)
    assert reply == Say("Your server's disk has 230G free of 252G; 9.1G are used, which is 4%.")


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (ToolResult("shell", {}, "denied", reason="Not today."), ["denied", "Not today."]),
        (ToolResult("shell", {}, "expired", reason="Nobody decided."), ["nobody decided in time"]),
        (ToolResult("shell", {}, "blocked", reason="The server is stopped."), ["The server is stopped."]),
        (ToolResult("shell", {}, "waiting"), ["waits for your approval"]),
        (ToolResult("shell", {}, "failed", reason="No such folder."), ["did not work", "No such folder."]),
        (
            ToolResult("shell", {}, "failed", output="rm: no", exit_code=1),
            ["code 1", "\n\n```text\nrm: no\n```"],
        ),
        (
            ToolResult("shell", {"command": "rm -r x"}, "executed", exit_code=1, output="rm: x: not there"),
            ["exit code 1", "not there"],
        ),
    ],
)
def test_what_was_not_done_is_told_with_its_reason(result: ToolResult, words: list[str]) -> None:
    reply = ask("Delete the folder x", result)
    assert isinstance(reply, Say)
    assert all(word in reply.text for word in words)
    assert "Done" not in reply.text


def test_a_late_outcome_is_told() -> None:
    reply = ask("Your call was decided.\nstatus: denied\nreason: Keep it.")
    assert isinstance(reply, Say)
    assert "Keep it." in reply.text


def test_english_words_that_are_german_ones_too_are_answered_in_english() -> None:
    reply = ask("Your call was decided.\nstatus: denied\nreason: What it was about would die.")
    assert isinstance(reply, Say)
    assert reply.text.startswith("I did not do that")


def test_a_call_that_the_owner_changed_is_told_as_what_was_done() -> None:
    reason = f"{CHANGED_BY_OWNER} df -h ."
    result = ToolResult("shell", {"command": "rm -r old"}, "executed", reason, 0, "30G free")
    told = ask("delete the folder old", result)
    assert isinstance(told, Say)
    assert "`df -h .`" in told.text
    assert "30G free" in told.text
    assert "gone" not in told.text
