"""Words of one agent's page."""

from dataclasses import dataclass
from typing import Final

_SETTINGS: Final = {
    "name": "name",
    "duty": "duty",
    "soul_md": "character",
    "tools": "tools",
    "level": "level",
    "model": "model",
    "has_premium": "premium models",
    "unlocked_tools": "what may leave the server",
    "tier_floors": "what it asks for more strictly",
    "parent_agent_id": "for whom it works",
    "is_stopped": "kill switch",
    "budgets": "budgets",
}

_TOOLS: Final = {
    "shell": "Run commands on your server",
    "docker": "Start, stop and update your tools",
    "file_read": "Read files",
    "file_list": "See which files there are",
    "file_write": "Write files",
    "file_move": "Move and rename files",
    "file_delete": "Delete files",
    "env_read": "Read your tools' settings",
    "env_update": "Change your tools' settings",
    "http": "Use your tools over the network",
    "browser": "Use websites as a person would",
    "secret_generate": "Make new passwords, without seeing them",
    "secret_rotate": "Change passwords, here and in the tool, without seeing them",
    "secret_request": "Ask you for a password, without seeing it",
    "handover": "Hand work to a colleague",
    "helper": "Take on a helper for a part of its work",
}


@dataclass(frozen=True)
class AgentTexts:
    owner_only: str = "Only an owner of this business changes how an agent is set up."
    title: str = "Agent"
    back: str = "All agents"
    pending: str = "Saved. Your server has not taken it over yet."
    refused: str = "Saved, but your server would not take it over, and goes on as before: {reason}"
    pending_offline: str = "Saved. Your server is not connected: it takes this over when it is back."
    about: str = "Name and duty"
    name: str = "Name"
    duty: str = "What it does, in one sentence"
    save: str = "Save"
    tools: str = "What it can do at all"
    tools_detail: str = "What is switched off here it cannot even ask for."
    model: str = "Model"
    model_detail: str = "Better models answer better and use the same tokens faster."
    model_basic: str = "Basic tasks"
    model_balanced: str = "Balanced"
    model_complex: str = "Complex tasks"
    model_other: str = "Another model"
    model_id: str = "Name of the model"
    premium: str = "May use premium models"
    premium_detail: str = "They are metered apart from your plan's tokens."
    parent: str = "Works for"
    parent_detail: str = "Whose budget its tokens count in as well."
    nobody: str = "Nobody"
    budgets: str = "Budgets"
    budgets_detail: str = "In thousands of tokens. When one is used up, the agent pauses until the next day or month. Empty is no limit."
    budget_day: str = "A day"
    budget_month: str = "A month"
    budget_day_tree: str = "A day, with those that work for it"
    budget_month_tree: str = "A month, with those that work for it"
    soul: str = "Character (SOUL.md)"
    soul_detail: str = (
        "Who it is and what it must never do, in your words. It reads this before every answer. A password or key "
        "that you write here is taken out by your server: keep it under Secrets."
    )
    soul_cleaned: str = "Your server took a password or key out of the text."
    soul_label: str = "Text"
    soul_preview: str = "See what changes"
    soul_reset: str = "Take the original text"
    soul_dialog: str = "Save this text?"
    soul_same: str = "Nothing is different."
    soul_confirm: str = "Save the text"
    history: str = "What was changed"
    history_detail: str = "Every change with who made it and when. Any earlier version can be brought back."
    first: str = "made this agent"
    by_hub: str = "LetsBe Biz"
    restore: str = "Bring this back"
    restore_title: str = "Set it up as it was then?"
    restore_detail: str = (
        "Everything is set as in that version, except the kill switch. You can go back again."
    )
    restored: str = "brought back version"
    show_diff: str = "Show the text's changes"
    diff: str = "What changed in the text"
    remove: str = "Remove this agent"
    remove_title: str = "Remove this agent?"
    remove_detail: str = "It stops at once. Its conversations stay to be read, its files stay on your server."
    remove_confirm: str = "Remove it"
    removed: str = "The agent is removed."
    settings: str = "Settings"
    add: str = "Add a colleague"
    add_title: str = "Add a colleague"
    add_detail: str = "It starts out asking before every change. You can alter everything afterwards."
    add_template: str = "Start from"
    add_confirm: str = "Add"

    def tool(self, name: str) -> str:
        """What a tool is for; one without words of its own tells its name."""
        return _TOOLS.get(name, name)

    def changed(self, names: list[str]) -> str:
        """What was changed, as the rest of a sentence."""
        return "changed " + ", ".join(_SETTINGS.get(name, name) for name in names)
