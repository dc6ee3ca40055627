"""Words of the frame around every page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CommonTexts:
    product: str = "LetsBe Biz"
    tagline: str = "Where power meets privacy."
    skip_to_content: str = "Skip to content"
    main_navigation: str = "Main"
    home: str = "Home"
    chat: str = "Chat"
    approvals: str = "Approvals"
    changes: str = "Changes"
    agents: str = "Agents"
    secrets: str = "Secrets"
    sign_in: str = "Sign in"
    sign_out: str = "Sign out"
    theme: str = "Switch between light and dark"
    close: str = "Close"
    cancel: str = "Cancel"
    unsaved: str = "You have not saved what you typed. Leave it behind?"
    undo: str = "Undo"
    copy: str = "Copy"
    copied: str = "Copied"
    added: str = "Added:"
    removed: str = "Removed:"
    lines_left_out: str = "… lines that stay as they are"
    load_more: str = "Show more"
    loading: str = "Loading"
    required: str = "required"
    practice: str = "Practice mode"
    practice_detail: str = (
        "Answers come from a small built-in model, so that you can try everything. "
        "The commands on your server are real."
    )
    page_offline: str = "You are offline. What you see may be old; it refreshes when you are back."
    server_offline: str = "Your server is not connected right now."
    server_offline_since: str = "Last sign of life"
    server_starting: str = "Your server is starting its agents."
    server_starting_detail: str = "They answer as soon as they are ready, in a minute or two."
    server_offline_waits: str = "What you send waits for it."
    server_stopped: str = "Everything on your server is stopped. Agents do nothing until you switch them on."
    something_failed: str = "That did not work, and it is not your fault. Try again in a moment."
    page_broke: str = "This page could not be shown"
    reload: str = "Reload it"
    not_found_title: str = "There is no page here"
    not_found_detail: str = "The address may be old, or the page moved."
    not_found_action: str = "Go to the start"
    no_server_title: str = "You have no server yet"
    no_server_detail: str = (
        "Choose the tools for your business, and your own server is set up within minutes. What you have chosen "
        "already is kept."
    )
    no_server_action: str = "Build your server"

    keys_hint: str = "Keys: a approves, x refuses, e changes, ? shows all"
    keys_title: str = "Keys"
    keys: tuple[tuple[str, str], ...] = (
        ("/", "Write a message"),
        ("Enter", "Send it"),
        ("Shift Enter", "Start a new line"),
        ("↑", "Take up your last message again, in an empty box"),
        ("Esc", "Stop the answer that is running"),
        ("j", "Next conversation"),
        ("k", "Conversation before"),
        ("a", "Go to what waits for you; again: approve"),
        ("x", "Go to what waits for you; again: refuse"),
        ("e", "Go to what waits for you; again: change it first"),
        ("?", "Show these keys"),
    )

    visit: str = "You look into this account as support."
    visit_detail: str = "Nothing can be changed, and the owner sees each page that you open."
    visit_leave: str = "Leave"
    visit_closed: str = "This is not for support"
    visit_closed_detail: str = "What was said, asked and changed stays between the owner and their server."

    audit_alarm: str = "Your server's record of what was done does not fit what it told us before."
    audit_alarm_detail: str = (
        "Somebody may have changed the record, or the server was put back from a backup. Write to us, so that we "
        "look at it together."
    )

    vault_locked: str = "Your server's vault is locked, so your agents do nothing."
    vault_changed: str = (
        "What lies in it is not what your server put there, and nothing of it is used. Whoever looks after the server "
        "puts the newest backup in its place (vault restore). Until then, ask yourself who could change files there."
    )
    vault_key: str = (
        "Its key is missing, is another one, or can be read by others. Whoever looks after the server puts the key "
        "back (keys/vault.key, chmod 600)."
    )
    vault_sealed: str = "Its key waits for the passphrase, as after each restart. Whoever knows it types it on the server (vault unlock)."
    vault_unreadable: str = (
        "Its file cannot be read. Whoever looks after the server looks whether the disk is full or broken, and puts "
        "the newest backup in its place otherwise (vault restore)."
    )
    vault_ends: str = "What you send waits. If you need help, write to us."
    disk_full: str = "Your server's disk is full, so your agents do nothing."
    disk_full_detail: str = (
        "What they do could not be recorded, and without that they do not act. Whoever looks after the server makes "
        "room; it goes on by itself then. What you send waits. If you need help, write to us."
    )
    model_trouble: str = "The language model does not answer your agents right now."
    model_trouble_detail: str = "They try again by themselves, which can take minutes. Its provider says:"

    processor: str = "Processor"
    memory: str = "Memory"
    disk: str = "Disk"

    def vault_detail(self, trouble: str) -> str:
        """Why a vault is locked and what to do; for ``VaultTrouble``."""
        return f"{getattr(self, f'vault_{trouble}')} {self.vault_ends}"

    def held_back(self, agent: str, told: str) -> str:
        return f"{agent} {told} and is held back until it pauses. You need not do anything."

    def line_counts(self, added: int, removed: int) -> str:
        """At least one of them is not nothing."""
        if not added:
            return f"{_lines(removed)} removed"
        return f"{_lines(added)} added" + (f", {removed} removed" if removed else "")

    def page_title(self, page: str) -> str:
        return f"{page} · {self.product}"

    def curve_told(self, name: str, least: str, most: str, last: str) -> str:
        return f"{name}: between {least} and {most} percent, {last} percent at the end."


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number} lines"
