"""Words of the chat page; the browser's part gets them as one object."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChatTexts:
    ticked: str = "done"
    not_ticked: str = "not done"
    title: str = "Chat"
    agents: str = "Colleagues"
    conversations: str = "Conversations"
    no_conversations: str = "No conversations yet."
    untitled: str = "New conversation"
    delete: str = "Delete"
    delete_title: str = "Delete this conversation?"
    delete_detail: str = (
        "Every message goes for good, here and on your server, and the agent forgets it. Files that were made or "
        "sent stay in the agent's folder. This cannot be undone."
    )
    delete_confirm: str = "Delete for good"
    deleted: str = "The conversation is deleted."
    edit: str = "Edit"
    only_reading: str = "You may read along here. The owner can let you write."
    edit_label: str = "Say it differently"
    edit_send: str = "Send again"
    edit_takes_back: str = "The {count} messages after it are taken back."
    edit_takes_back_one: str = "The message after it is taken back."
    edit_keeps_files: str = "What the agent did to files stays; you can undo that on its own."
    regenerate: str = "Answer again"
    attach: str = "Add files"
    files: str = "Files"
    file_sending: str = "being sealed and sent"
    file_remove: str = "Remove {name}"
    file_failed: str = "Not sent. Remove it and add it again."
    file_cannot_seal: str = "This browser or connection cannot seal files, so nothing was sent."
    file_too_many: str = "At most five files go with one message."
    file_too_large: str = "Larger than 10 MB."
    file_empty: str = "This file is empty."
    file_wrong_kind: str = "Files of this kind cannot be sent."
    undo: str = "Undo"
    undo_all: str = "Undo all {count} changes of this step"
    undo_undoing: str = "Being undone"
    undo_undone: str = "Undone"
    undo_kept: str = "Cannot be undone"
    search: str = "Search conversations"
    search_nothing: str = "Nothing was said with these words."
    search_going_on: str = "Nothing so far. There is more to look through."
    search_further: str = "Look further back"
    rename: str = "Rename"
    rename_title: str = "Rename this conversation"
    rename_label: str = "Title"
    rename_confirm: str = "Save the title"
    export: str = "Save as a file"
    export_title: str = "Save this conversation"
    export_detail: str = "The file holds every message, with what the agents did in between."
    export_markdown: str = "Save as text"
    export_json: str = "Save as data (JSON)"
    placeholder: str = "Write to {name}"
    composer_label: str = "Your message"
    send: str = "Send"
    stop: str = "Stop"
    stopping: str = "Stopping"
    composer_hint: str = "Enter sends, Shift+Enter starts a new line, ? outside the box shows all keys"
    load_earlier: str = "Show earlier messages"
    loading: str = "Loading the conversation"
    thinking: str = "is thinking"
    you: str = "You"
    quiet: str = "Nothing new for 20 seconds. Your server may be busy, or out of reach."
    quiet_away: str = (
        "Your server is out of reach. The answer goes on, or says that it was cut off, once it is back."
    )
    quiet_model: str = (
        "The provider of the language model has taken the question and has not answered yet. Your server waits for "
        "it; you may stop the answer and try again later."
    )
    quiet_trouble: str = (
        "The provider of the language model refuses or fails right now. The agent tries again by itself, which can "
        "take minutes."
    )
    message_waiting: str = "Waits for your server"
    offer_to_add: str = "Add {name} under Secrets"
    status_stopped: str = "You stopped this answer."
    status_failed: str = "This answer failed."
    status_interrupted: str = "This answer was cut off."
    approval_waiting: str = "Waits for your approval"
    approval_approved: str = "You approved"
    approval_denied: str = "You refused"
    approval_expired: str = "Nobody decided in time, so it was not done"
    approval_cancelled: str = "Called off"
    tool_running: str = "Running"
    tool_executed: str = "Done"
    tool_denied: str = "Refused"
    tool_expired: str = "Not decided in time"
    tool_failed: str = "Failed"
    tool_blocked: str = "Blocked"
    tool_waiting: str = "Waiting"
    tool_decided: str = "Decided"
    tool_command: str = "Command"
    tool_output: str = "Result"
    tool_no_output: str = "No output."
    one_step: str = "1 step"
    many_steps: str = "{count} steps"
    send_failed: str = "Your message was not sent. It is still in the box: try again."
    load_failed: str = "The conversation could not be loaded."
    retry: str = "Try again"
    reconnecting: str = "The connection dropped. Reconnecting …"
    jump_to_end: str = "To the newest message"
    practice_answer: str = "practice model"
    empty_title: str = "What can {name} do for you?"
    suggestions: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("it-admin", ("How much disk space is left?", "What is running on my server?")),
        ("dispatcher", ("Who can help me with my newsletter?", "How much disk space is left?")),
        (
            "marketing",
            ("Draft a short newsletter for this month.", "Suggest three posts about our opening hours."),
        ),
        (
            "secretary",
            ("Prepare a polite reminder for an open invoice.", "Which files are in your workspace?"),
        ),
        ("sales", ("Write a friendly offer for a new customer.", "Which files are in your workspace?")),
    )
