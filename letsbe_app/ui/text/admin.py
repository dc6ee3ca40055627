"""Words of the pages for staff."""

from dataclasses import dataclass, field

_ACTS = {
    "staff.added": "asked somebody to join the staff",
    "staff.joined": "joined the staff",
    "staff.signed_in": "signed in to the back office",
    "staff.signed_out": "signed out of the back office",
    "staff.role_changed": "changed somebody's role",
    "staff.removed": "took somebody off the staff",
}
"""Acts that stand in no business's own record."""

_PARTS = {
    "audit": "Record of what was done",
    "disk": "Disk",
    "link": "Link to the hub",
    "model": "Language model, at its provider",
    "openclaw": "OpenClaw, where the agents work",
    "practice": "Practice model",
    "proxy": "Secrets Proxy",
    "vault": "Vault",
    "wrapper": "Safety Wrapper",
}

_VAULT = {
    "changed": "vault locked: not what the daemon stored. Find out who changed it, then “vault restore” on the server",
    "key": "vault locked: its key is missing, another one, or readable by others. Put keys/vault.key back, chmod 600",
    "sealed": "vault locked: its key waits for the passphrase. “vault unlock” on the server",
    "unreadable": "vault locked: its file cannot be read. Look at the disk, then “vault restore” on the server",
}

_STATES = {
    "waiting": "Waits",
    "running": "Now",
    "done": "Done",
    "failed": "Failed",
    "draft": "Draft",
    "awaiting_payment": "Waits for payment",
    "paid": "Paid",
    "provisioning": "Being set up",
    "active": "In use",
    "cancelled": "Cancelled",
    "removed": "Removed",
}
"""Of orders, set-ups and their steps."""

_ROLES = {
    "owner": "Owner",
    "approver": "Approver",
    "member": "Member",
    "read_only": "Looks only",
    "support": "Support",
    "operator": "Operator",
    "admin": "Admin",
}
"""Of customers' people and of staff."""


@dataclass(frozen=True)
class AdminTexts:
    title: str = "Back office"
    home_link: str = "LetsBe Biz, back office"
    navigation: str = "Back office"
    overview: str = "Overview"
    customers: str = "Customers"
    servers: str = "Servers"
    runs: str = "Set-ups"
    staff: str = "Staff"
    audit: str = "Audit"
    sign_in_title: str = "Back office"
    sign_in_intro: str = "For staff. Customers sign in elsewhere."
    code: str = "Code of your authenticator app"
    join_title: str = "Join the staff"
    join_intro: str = (
        "Scan the picture with an authenticator app, choose a password, and enter what the app shows."
    )
    join_picture: str = "Picture for your authenticator app"
    join_by_hand: str = "Or type this in:"
    join: str = "Join"
    search: str = "Search"
    search_customers: str = "A name, an address, or an id"
    search_servers: str = "A name or an id"
    search_audit: str = "An address, an id, or the beginning of an act such as “account.”"
    nothing: str = "There is nothing here"
    nothing_found: str = "Nothing fits what you are looking for."
    figures: str = "Figures"
    servers_count: str = "Servers"
    customers_count: str = "Customers"
    paid_orders: str = "Orders paid in 30 days"
    revenue: str = "Revenue in 30 days"
    health: str = "Health of the fleet"
    versions: str = "Versions of the daemon"
    sign_ups: str = "New customers by day"
    attention: str = "Needs attention"
    hub_suspect: str = "Most servers are offline together"
    hub_suspect_detail: str = (
        "So the reason is rather here than there. Look at the hub first: its address and certificate from outside, "
        "Redis (/readyz), its log, and the time of the last rollout."
    )
    alarm: str = "Alarm"
    audit_problem: str = "its record of what was done does not continue what it sent before"
    all_well: str = "Every server is well."
    settings: str = "Settings of the hub"
    check: str = "Check"
    people: str = "People"
    orders: str = "Orders"
    parts: str = "Parts of the server"
    history: str = "The last 30 days"
    no_history: str = "No heartbeat was kept yet."
    memory: str = "RAM"
    disk: str = "Disk"
    visit: str = "Look into the account"
    visit_detail: str = (
        "You see the portal as the owner does, without what was said, and cannot change anything. Each page you "
        "open is in the owner's activity log, with your reason."
    )
    visit_closed: str = "The owner does not let support look in. They can allow it in their settings."
    reason: str = "Why"
    reason_hint: str = "In a sentence. The audit keeps it."
    retry: str = "Try again"
    cancel: str = "Cancel the order"
    retry_title: str = "Try this set-up again"
    cancel_title: str = "Cancel this order"
    cancel_detail: str = (
        "Its server is removed, a founder's place is free again, and the owner gets a letter that says that what they "
        "paid comes back: give it back by hand, nothing does so by itself."
    )
    done: str = "Done."
    steps: str = "Steps"
    add_staff: str = "Add somebody"
    add_staff_done: str = "Hand this link over. It works once, for a day, and is not shown again."
    role: str = "Role"
    role_support: str = "Support: looks, and helps where customers let it"
    role_operator: str = "Operator: also tries set-ups again"
    role_admin: str = "Admin: also decides who belongs"
    password: str = "Your password"  # noqa: S105
    key: str = "Key of the server"
    key_detail: str = (
        "A server without a key is cut off at once. It comes back with a one-time token, which is good for 15 "
        "minutes and is read by “python -m tenant_daemon enrol” on the server."
    )
    key_revoke: str = "Cut the server off"
    key_revoked: str = "It is cut off."
    key_enrol: str = "Enrol it anew"
    key_enrolled: str = "Its old key works no more. This token works once, for 15 minutes:"
    sign_out_person: str = "Sign out everywhere"
    signed_out_person: str = "All of their sessions have ended."
    remove: str = "Remove"
    removed: str = "Removed."
    not_joined: str = "has not joined yet"
    you: str = "you"
    well: str = "Well"
    unready: str = "Not ready"
    offline: str = "Offline"
    stopped: str = "Stopped by its owner"
    setting_up: str = "Being set up"
    failed: str = "Set-up failed"
    removed_state: str = "Removed"

    acts: dict[str, str] = field(default_factory=lambda: dict(_ACTS))
    parts_of_servers: dict[str, str] = field(default_factory=lambda: dict(_PARTS))
    disk_full: str = "disk full: the server does nothing until there is room"
    vault_troubles: dict[str, str] = field(default_factory=lambda: dict(_VAULT))
    states: dict[str, str] = field(default_factory=lambda: dict(_STATES))
    roles: dict[str, str] = field(default_factory=lambda: dict(_ROLES))

    def attention_of(self, count: int, shown: int) -> str:
        """The heading of a list that shows so many of so many servers."""
        if shown < count:
            return f"{self.attention}: {count} servers, the first {shown} of them here"
        return f"{self.attention}: 1 server" if count == 1 else f"{self.attention}: {count} servers"

    def people_count(self, count: int) -> str:
        return "1 person" if count == 1 else f"{count} people"

    def servers_owned(self, count: int) -> str:
        return "1 server" if count == 1 else f"{count} servers"

    def touched_traps(self, count: int) -> str:
        traps = "a trap was touched" if count == 1 else f"traps were touched {count} times"
        return f"{traps}, and the customer has not looked into it"

    def health_words(self, health: str) -> str:
        return self.removed_state if health == "removed" else str(getattr(self, health))

    def allowed_until(self, time: str) -> str:
        return f"The owner lets support look in until {time}."
