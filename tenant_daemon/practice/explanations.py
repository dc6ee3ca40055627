"""Sentences out of what a tool really returned."""

import re
from collections.abc import Callable
from typing import Final

from tenant_daemon.practice.conversation import ToolResult
from tenant_daemon.practice.language import Language, choose

_MAX_SHOWN_CHARACTERS: Final = 1_500
_MAX_SHOWN_LINES: Final = 20
_CHANGED: Final = re.compile(r"The owner changed this call .*but: (?P<to>.*)", re.DOTALL)
"""As the Safety Wrapper words it."""


def explain(result: ToolResult, language: Language) -> str:
    """What came of the call, for the owner."""
    if not result.is_done:
        return _not_done(result, language)
    if changed := _CHANGED.fullmatch(result.reason):
        return _tell_changed(result, changed["to"], language)
    tell = _TELLERS.get(result.tool_name, _tell_output)
    return tell(result, language)


def _tell_changed(result: ToolResult, changed_to: str, language: Language) -> str:
    lead_in = choose(
        language,
        f"You changed that before you approved it, so I did this instead: `{changed_to}`.",
        f"Das hast du vor der Freigabe geändert, darum habe ich stattdessen dies getan: `{changed_to}`.",
    )
    return f"{lead_in}\n\n{_block(result.output)}" if result.output else lead_in


def _not_done(result: ToolResult, language: Language) -> str:
    reason = result.reason or choose(language, "no reason was given", "kein Grund wurde genannt")
    match result.status:
        case "denied":
            return choose(
                language,
                f"I did not do that: it was denied. The reason given: {reason}",
                f"Das habe ich nicht getan: Es wurde abgelehnt. Der Grund: {reason}",
            )
        case "expired":
            return choose(
                language,
                "I did not do that, because nobody decided in time. Ask me again if you still want it.",
                "Das habe ich nicht getan, weil niemand rechtzeitig entschieden hat. Sag es mir noch einmal, "
                "wenn du es noch willst.",
            )
        case "blocked":
            return choose(language, f"That is not possible here: {reason}", f"Das geht hier nicht: {reason}")
        case "waiting":
            return choose(
                language,
                "That still waits for your approval. I will tell you when it is settled.",
                "Das wartet noch auf deine Freigabe. Ich melde mich, sobald entschieden ist.",
            )
        case _:
            return _failed(result, reason, language)


def _failed(result: ToolResult, reason: str, language: Language) -> str:
    said = f"\n\n{_block(result.output)}" if result.output else reason
    if result.exit_code:
        return choose(
            language,
            f"That did not work (exit code {result.exit_code}): {said}",
            f"Das hat nicht geklappt (Exit-Code {result.exit_code}): {said}",
        )
    return choose(language, f"That did not work: {said}", f"Das hat nicht geklappt: {said}")


def _tell_shell(result: ToolResult, language: Language) -> str:
    command = str(result.tool_args.get("command") or "")
    if command.startswith("df"):
        return _tell_disk(result, language)
    if command.startswith("ps"):
        return _tell_processes(result, language)
    if command.startswith("rm "):
        name = command.split()[-1].strip("'")
        return choose(language, f"Done: `{name}` is gone.", f"Erledigt: `{name}` ist weg.")
    return _tell_output(result, language)


def _tell_disk(result: ToolResult, language: Language) -> str:
    """df's columns are: file system, size, used, available, use %, mounted on."""
    fields = (result.output.splitlines() or [""])[-1].split()
    share = next((i for i, field in enumerate(fields) if re.fullmatch(r"\d+%", field)), None)
    if share is None or share < 3:
        return _tell_output(result, language)
    size, used, free = fields[share - 3 : share]
    return choose(
        language,
        f"Your server's disk has {free} free of {size}; {used} are used, which is {fields[share]}.",
        f"Auf deinem Server sind {free} von {size} frei; {used} sind belegt, das sind {fields[share]}.",
    )


def _tell_processes(result: ToolResult, language: Language) -> str:
    """``ps aux`` has eleven columns, the last one is the command."""
    rows = [line.split(None, 10) for line in result.output.splitlines()[1:]]
    names = [row[10].split()[0].rsplit("/", 1)[-1] for row in rows if len(row) == 11]
    known = ", ".join(f"`{name}`" for name in list(dict.fromkeys(names))[:10])
    return choose(
        language,
        f"{len(rows)} processes are running, among them {known}.",
        f"Es laufen {len(rows)} Prozesse, darunter {known}.",
    )


def _tell_docker(result: ToolResult, language: Language) -> str:
    rows = [line.split() for line in result.output.splitlines()[1:] if line.strip()]
    names = ", ".join(f"`{row[-1]}`" for row in rows[:_MAX_SHOWN_LINES])
    if not rows:
        return choose(language, "No container is running.", "Es läuft kein Container.")
    return choose(
        language,
        f"{len(rows)} containers are running: {names}.",
        f"Es laufen {len(rows)} Container: {names}.",
    )


def _tell_read(result: ToolResult, language: Language) -> str:
    path = result.tool_args.get("path")
    start = choose(language, f"This is in `{path}`:", f"Das steht in `{path}`:")
    return f"{start}\n\n{_block(result.output)}"


def _tell_write(result: ToolResult, language: Language) -> str:
    path = result.tool_args.get("path")
    return choose(language, f"I wrote `{path}`.", f"Ich habe `{path}` geschrieben.")


def _tell_deleted(result: ToolResult, language: Language) -> str:
    path = result.tool_args.get("path")
    return choose(language, f"Done: `{path}` is gone.", f"Erledigt: `{path}` ist weg.")


def _tell_list(result: ToolResult, language: Language) -> str:
    if not result.output.strip():
        return choose(language, "The folder is empty.", "Der Ordner ist leer.")
    return f"{choose(language, 'This is in the folder:', 'Das liegt im Ordner:')}\n\n{_block(result.output)}"


def _tell_env(result: ToolResult, language: Language) -> str:
    key, path = result.tool_args.get("key"), result.tool_args.get("path")
    return choose(language, f"`{key}` is set in `{path}`.", f"`{key}` ist in `{path}` gesetzt.")


def _tell_http(result: ToolResult, language: Language) -> str:
    if result.tool_args.get("method") == "POST":
        start = choose(
            language, "It is published. The site answered:", "Es ist veröffentlicht. Die Seite antwortete:"
        )
    else:
        start = choose(language, "The site answered:", "Die Seite antwortete:")
    return f"{start}\n\n{_block(result.output)}"


def _tell_secret(result: ToolResult, language: Language) -> str:
    name = result.tool_args.get("name")
    return choose(
        language,
        f"`{name}` is in the vault. I have not seen its value; I use it as `SECRET_REF({name})`.",
        f"`{name}` liegt im Tresor. Den Wert kenne ich nicht; ich verwende ihn als `SECRET_REF({name})`.",
    )


def _tell_handover(result: ToolResult, language: Language) -> str:
    agent = result.tool_args.get("agent_id")
    answered = choose(language, f"{agent} answers:", f"{agent} antwortet:")
    return f"{answered}\n\n{result.output.strip()}"


def _tell_output(result: ToolResult, language: Language) -> str:
    done = choose(language, "Done.", "Erledigt.")
    return f"{done}\n\n{_block(result.output)}" if result.output.strip() else done


def _block(text: str) -> str:
    """The text as it is, in a code block, cut where it is long."""
    lines = text[:_MAX_SHOWN_CHARACTERS].splitlines()
    shown = lines[:_MAX_SHOWN_LINES]
    if len(lines) > len(shown) or len(text) > _MAX_SHOWN_CHARACTERS:
        shown.append("…")
    return "\n".join(("```text", *(line.replace("```", "'''") for line in shown), "```"))


_TELLERS: Final[dict[str, Callable[[ToolResult, Language], str]]] = {
    "shell": _tell_shell,
    "docker": _tell_docker,
    "file_read": _tell_read,
    "file_write": _tell_write,
    "file_list": _tell_list,
    "file_delete": _tell_deleted,
    "env_update": _tell_env,
    "http": _tell_http,
    "secret_generate": _tell_secret,
    "secret_rotate": _tell_secret,
    "secret_request": _tell_secret,
    "handover": _tell_handover,
}
