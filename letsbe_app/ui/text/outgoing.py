"""Words about what goes out: notices to people, webhooks, and the keys of servers."""

from dataclasses import dataclass


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
    quiet_save: str = "Save quiet hours"
    quiet_hint: str = "Leave both empty for none. An alarm, and what would come too late, still reaches you."
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
