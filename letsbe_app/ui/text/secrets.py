"""Words of the secrets' page."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SecretsTexts:
    title: str = "Secrets"
    intro: str = (
        "Passwords and keys that your agents may use without ever seeing them. They are locked on your server: "
        "we cannot read them, and no AI model gets them."
    )
    add: str = "Add a secret"
    plant: str = "Plant a trap"
    search: str = "Search secrets by name or note"
    search_nothing: str = "No secret has these words in its name or note."
    none_yet: str = "No secrets yet"
    none_yet_detail: str = (
        "Add a password or a key here. Agents then work with its name, such as shop-password, and never see what "
        "it says."
    )
    not_told: str = "Your server has not told its secrets yet"
    not_told_detail: str = "That happens as soon as it is connected."
    offline: str = "Your server is not connected, so nothing can be changed right now."
    owner_only: str = "Only the owner of this business can add, show or change secrets."
    cut: str = "Your server holds more secrets than this page shows."
    kinds: dict[str, str] = field(
        default_factory=lambda: {
            "password": "Password",
            "api_key": "Key for another service",
            "other": "Something else",
            "canary": "Trap",
        }
    )
    changed: str = "Changed"
    used: str = "Last used"
    by: str = "by"
    never_used: str = "Not used yet"
    by_you: str = "you"
    by_server: str = "your server"
    on_server: str = "someone at your server’s command line"
    by_somebody: str = "someone in your business"
    how_to_name: str = "Agents call it"
    show: str = "Show once"
    replace: str = "Replace"
    rotate: str = "New random value"
    delete: str = "Delete"

    proof: str = "How do I know that only my server can unlock them?"
    proof_detail: str = (
        "What you type is locked with the public key below before it leaves this browser. Somebody with access to "
        "your server can check that it is the right one with: python -m tenant_daemon vault sealing-key"
    )

    add_title: str = "Add a secret"
    replace_title: str = "Replace the value"
    rotate_title: str = "Make a new random value?"
    rotate_alone_detail: str = (
        "Only the value on your server changes. Nobody tells the tool that uses it: until somebody sets the new "
        "value there too, it takes the old one, and your agents are not let in."
    )
    unsettled: str = "Not finished"
    unsettled_detail: str = (
        "A new value was made, and it is not known whether the tool has taken it. Both are kept. Make a new value "
        "again once the tool can be reached: that settles it."
    )
    rotate_confirm: str = "Make a new value"
    delete_title: str = "Delete this secret?"
    delete_detail: str = (
        "Every value it ever had is erased from your server. Agents that use it will stop and tell you. This "
        "cannot be undone."
    )
    delete_confirm: str = "Hold to delete"
    show_title: str = "Show this secret once"
    plant_title: str = "Plant a trap"
    plant_detail: str = (
        "A trap is a secret that looks real and that nobody uses. Put it where no one has any business looking. "
        "If an agent or a program ever handles it, you are warned here at once."
    )
    plant_name: str = "Name"
    plant_name_hint: str = "Something tempting, such as old-bank-login."
    plant_confirm: str = "Plant it"

    alarm: str = "A trap was touched."
    alarm_stop_all: str = "Stop all agents"
    alarm_stopped: str = "Stopped. It does nothing until you let it go on, on the page of your agents."
    alarm_stopped_all: str = "Everything is stopped, until you let your agents work again on the first page."
    alarm_seen: str = "I have looked into it"
    alarm_elsewhere: str = "A trap on your server was touched."
    alarm_elsewhere_action: str = "See what happened"

    on_its_way: str = "On its way to your server."
    done: dict[str, str] = field(
        default_factory=lambda: {
            "provide": "It is safe on your server.",
            "replace": "The new value is on your server.",
            "generate": "It is on your server.",
            "rotate": "It has a new value.",
            "delete": "It is erased.",
            "plant_canary": "The trap is set.",
        }
    )
    expired: str = "Your server did not answer in time. Nothing was changed."

    form_name: str = "Name"
    form_name_hint: str = "Lowercase letters, digits and hyphens, such as shop-password."
    form_kind: str = "What it is"
    form_value: str = "Value"
    form_value_hint: str = "It is locked in this browser before it is sent. Only your server can unlock it."
    form_show: str = "Show what I type"
    form_note: str = "What it is for (optional)"
    form_note_hint: str = "Agents and everyone in your business can read this."
    form_submit: str = "Lock and send"
    form_working: str = "Locking …"
    form_waiting: str = "Waiting for your server …"
    form_bad_name: str = "Use 2 to 63 lowercase letters, digits and hyphens, beginning with a letter."
    form_too_short: str = (
        "Use at least 6 characters. Anything shorter could not be kept out of ordinary texts."
    )
    form_name_tells: str = "This name tells the value, and everybody may read the name. Nothing was sent."
    form_note_tells: str = "This tells the value, and it is not locked. Nothing was sent."
    cannot_seal: str = (
        "This browser cannot lock secrets. Use a current Firefox, Chrome, Edge or Safari, on an https address. "
        "Nothing was sent."
    )
    failed: str = "That did not work, and nothing was changed. Try again in a moment."

    reveal_about: str = (
        "Your server locks the value for this browser tab alone. It is shown for one minute, and the showing is "
        "written down."
    )
    reveal_password: str = "Your password"  # noqa: S105
    reveal_submit: str = "Show it for one minute"
    reveal_working: str = "Asking your server …"
    reveal_shown: str = "Nobody else can see this. Close the window when you are done."
    reveal_gone: str = "Gone in {seconds} s"
    reveal_too_late: str = "Your server did not answer in time. Try again."

    def told_tool(self, tool: str) -> str:
        return f"{_first_large(tool)} takes a new value as well"

    def rotate_detail(self, tool: str) -> str:
        return f"{_first_large(tool)} takes the new value as well, or nothing changes."

    def alarm_stop(self, agent: str) -> str:
        return f"Stop {agent}"

    def alarm_detail(self, name: str, door: str, agent: str = "") -> str:
        where = _DOORS.get(door, door).format(agent=agent or "an agent")
        return f"“{name}” turned up in {where}. It was stopped there and did not leave."


_DOORS = {
    "model request": "something {agent} was about to send to its AI model",
    "tool call": "something {agent} was doing on your server",
    "hub message": "an answer to you",
    "log": "a log of your server",
}


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]
