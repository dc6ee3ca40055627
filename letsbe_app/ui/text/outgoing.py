"""Words about what goes out: notices to people, webhooks, and the keys of servers."""

from dataclasses import dataclass, field

_EVENTS = {
    "approval.requested": "An agent asks before it acts",
    "approval.decided": "Somebody decided",
    "approval.settled": "What was decided is carried out",
    "usage.recorded": "Tokens were used",
    "usage.alert": "A part of a budget is used up",
    "health.changed": "The server is better or worse than before",
    "health.agent_held_back": "An agent was held back",
    "health.canary_seen": "A trap was touched",
    "provisioning.started": "A server is being set up",
    "provisioning.completed": "A server is ready",
    "provisioning.failed": "Setting up a server stopped",
    "provisioning.cancelled": "A server was given up",
    "webhook.test": "A test",
}

_RENAMED = {
    "Asia/Calcutta": "Kolkata",
    "Asia/Katmandu": "Kathmandu",
    "Asia/Rangoon": "Yangon",
    "Asia/Saigon": "Ho Chi Minh City",
    "Europe/Kiev": "Kyiv",
}
"""Cities that browsers still name as they were called in the year 2000."""


@dataclass(frozen=True)
class OutgoingTexts:
    notices: str = "How we tell you"
    notices_detail: str = (
        "When something waits for you or goes wrong. A message names no details: you read them after a tap."
    )
    push: str = "On your devices"
    push_detail: str = "At once, on those that you add below."
    email: str = "By e-mail"
    email_detail: str = "About what has waited for a while, and about alarms."
    quiet: str = "Quiet hours"
    quiet_from: str = "From"
    quiet_until: str = "Until"
    time_zone: str = "Time zone"
    use_own_zone: str = "Use the time zone of this device"
    now_there: str = "now"
    quiet_none: str = "There are no quiet hours: you are told at any time."
    quiet_save: str = "Save quiet hours"
    quiet_hint: str = "Leave both empty for none. An alarm, and what would come too late, still reaches you."
    no_times: str = "These are no times of day, such as 22:00 and 07:00."
    saved: str = "Saved."
    devices: str = "Devices that tell you"
    no_devices: str = "No device tells you yet."
    add_device: str = "Tell me on this device"
    device_added: str = "This device will tell you."
    device_denied: str = "Your browser does not allow it. You can change that in its settings for this site."
    device_failed: str = "That did not work. Please try again in a moment."
    device_cannot: str = "This browser cannot tell you. On a phone, add LetsBe to the home screen first."
    working: str = "One moment"
    remove: str = "Remove"
    device_removed: str = "This device tells you no more."
    try_it: str = "Send a test"
    tried: str = "It is on its way."
    added_at: str = "added "
    webhooks: str = "Webhooks"
    webhooks_detail: str = (
        "For your programs: we post what happens to an address of yours, signed so that it can check who calls. "
        "No content is sent, only what happened and to what."
    )
    no_webhooks: str = "There are no webhooks."
    webhook_url: str = "Address"
    webhook_url_hint: str = "Begins with https://"
    webhook_events: str = "Which events (none ticked means all)"
    webhook_add: str = "Add a webhook"
    webhook_secret: str = "This is its secret. Copy it now: it is not shown again."  # noqa: S105
    webhook_rotate: str = "Make a new secret"
    webhook_rotate_detail: str = "The old one stays good for 24 hours, so that nothing is refused meanwhile."
    all_events: str = "all events"
    pause: str = "Pause"
    resume: str = "Switch on"
    paused: str = "paused"
    active: str = "active"
    failing: str = "does not answer"
    disabled: str = "switched off, since it did not answer for days"
    webhook_removed: str = "Removed."
    deliveries: str = "Last deliveries"
    no_deliveries: str = "Nothing was sent yet."
    again: str = "Send again"
    delivered: str = "taken"
    waiting: str = "on its way"
    failed: str = "given up"
    server_key: str = "The key of your server"
    server_key_detail: str = (
        "With it your server proves to us that it is yours. A new one takes over without an interruption."
    )
    renew: str = "Renew it"
    renewed: str = "Your server trades its key for a new one."
    revoke: str = "Revoke it"
    revoke_title: str = "Revoke the key of this server?"
    revoke_detail: str = (
        "The server is cut off at once and stays away until it is set up with us anew. "
        "Do this when somebody else may have its key."
    )
    revoked: str = "The key counts no more."
    events: dict[str, str] = field(default_factory=lambda: dict(_EVENTS))

    def quiet_hours(self, begin: str, end: str, zone: str) -> str:
        return f"Quiet from {begin} to {end}, {self.zone(zone)}."

    def zone(self, zone: str) -> str:
        """A time zone as people say it."""
        city = _RENAMED.get(zone) or zone.rpartition("/")[2].replace("_", " ")
        return city if zone in {"UTC", "Etc/UTC"} else f"{city} time"

    def event(self, event_type: str) -> str:
        """What happened, in words; one without words of its own is told by its name."""
        return self.events.get(event_type) or event_type.replace(".", ": ").replace("_", " ")
