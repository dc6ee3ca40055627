"""Words of approvals: the card, its page, and how tiers are named."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ApprovalsTexts:
    title: str = "Approvals"
    open_tab: str = "Open"
    settled_tab: str = "Decided"
    remembered_tab: str = "Allowed"
    none_open: str = "Nothing waits for you."
    none_open_detail: str = "When an agent wants to do something risky, it asks here and in the conversation."
    none_settled: str = "Nothing decided yet."
    none_remembered: str = "You have allowed nothing from now on."
    none_remembered_detail: str = (
        "What you allow from now on when an agent asks will stand here, and you can take it back."
    )
    remembered_hint: str = (
        "Exactly these run without asking you, each for the agent that asked. You can take it back."
    )
    asks: str = "asks"
    asked: str = "asked"
    command: str = "Exactly this will run"
    command_asked: str = "Exactly this was asked for"
    call: str = "Exactly this will be done"
    call_as_written: str = "As the agent wrote it"
    change: str = "What changes"
    changed_to: str = "This was done instead"
    changed: str = "It was changed before it was approved"
    why: str = "Why it asks"
    risk: str = "What can go wrong"
    approve: str = "Approve"
    hold_to_approve: str = "Hold to approve"
    deny: str = "Refuse"
    deny_title: str = "Refuse this?"
    deny_reason: str = "Tell the agent why"
    deny_hint: str = "Optional. The agent reads this and plans anew."
    deny_confirm: str = "Refuse"
    remember: str = "Allow this from now on"
    remember_title: str = "Allow this from now on?"
    remember_detail: str = (
        "For 30 days this agent may do exactly this, with the same words and files, without asking. "
        "Anything else still asks."
    )
    remember_confirm: str = "Approve and allow for 30 days"
    edit: str = "Change it first"
    edit_title: str = "Change it before it is done"
    edit_detail: str = (
        "What you write here is done instead. Your server judges it again, and asks once more when it is riskier "
        "than what you saw."
    )
    edit_confirm: str = "Approve the change"
    edit_hold: str = "Hold to approve the change"
    edit_unchanged: str = "Nothing is changed yet. Change something, or close this and approve it as it is."
    approve_group: str = "Approve all"
    deny_group: str = "Refuse all"
    group_title: str = "Decide these together?"
    group_detail: str = "Each of them is done exactly as it stands here:"
    not_yours: str = "Somebody with another role decides this: an owner or an approver."
    decided_by: str = "Decided by"
    reminded: str = "You were reminded of this"
    expires_prefix: str = "Expires"
    open_conversation: str = "Open the conversation"
    decision_on_its_way: str = "Decided. Your server is being told."
    approved: str = "Approved"
    executed: str = "Approved and done"
    failed: str = "Approved, but it did not work"
    not_done: str = "Approved, but not done"
    remembered_prefix: str = "Runs without asking; that ends"
    withdraw: str = "Ask me again"
    withdrawing: str = "Being taken back"
    withdrawn: str = "Taken back. Your server is being told."
    denied: str = "Refused"
    expired: str = "Expired"
    cancelled: str = "Called off"
    tier_green: str = "Reads only"
    tier_yellow: str = "Easily undone"
    tier_yellow_external: str = "Leaves your server"
    tier_red: str = "Hard to undo"
    tier_critical_red: str = "Cannot be undone"
    external: str = "Reaches people or systems outside"

    def argument(self, name: str) -> str:
        known = {
            "command": "Command",
            "path": "File or folder",
            "content": "Content",
            "source": "From",
            "target": "To",
            "url": "Address",
            "method": "Method",
            "headers": "Headers",
            "body": "Body",
        }
        return known.get(name) or name[:1].upper() + name[1:].replace("_", " ")

    def field_sent(self, name: str) -> str:
        return f"Sent as “{name}”"

    def edit_unreadable(self, argument: str) -> str:
        return f"“{argument}” cannot be read. Keep its brackets and quotes as they were."

    def group(self, agent: str, count: int, program: str) -> str:
        return f"{agent} asks for {count} things that are alike: {program}"

    def group_outcome(self, decided: int, others: int) -> str:
        if not others:
            return f"{decided} decided. Your server is being told."
        return f"{decided} decided, {others} left as they are: they were decided or changed meanwhile."

    def waiting(self, count: str) -> str:
        return "1 approval waits for you" if count == "1" else f"{count} approvals wait for you"
