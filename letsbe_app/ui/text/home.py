"""Words of the portal's first page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HomeTexts:
    title: str = "Home"
    well: str = "Your server is well."
    starting: str = "Your server is starting. Agents answer as soon as it is ready."
    away: str = "Your server is not connected."
    stopped: str = "Everything on your server is stopped, as you asked."
    being_set_up: str = "Your server is being set up."
    set_up_failed: str = "Setting up your server stopped at a step."
    set_up_detail: str = "It takes its time, and you need not wait here."
    see_progress: str = "See the steps"
    waiting_title: str = "Waits for you"
    nothing_waiting: str = "Nothing waits for you."
    all_approvals: str = "All approvals"
    start_title: str = "Get started"
    start_ask: str = "Ask your IT colleague how the server is"
    start_ask_detail: str = "See an agent look things up by itself."
    start_approve: str = "Approve or refuse something risky"
    start_approve_detail: str = "Ask an agent to delete a folder: it has to ask you first."
    start_agents: str = "Decide what each agent may do alone"
    start_agents_detail: str = "Choose a level, unlock what may leave your server."
    done: str = "Done"
    quick_title: str = "Quick actions"
    quick_check: str = "Check my server"
    quick_check_message: str = "How is my server? Check disk space and memory."
    quick_draft: str = "Draft a newsletter"
    quick_draft_message: str = "Draft a short newsletter about what is new this month."
    quick_mail: str = "Prepare an answer"
    quick_mail_message: str = "Help me answer a customer who asks for an appointment."
    usage_title: str = "Used this month"
    usage_none: str = "Nothing used yet."
    measures_title: str = "Server"
    history_title: str = "How it went"
    history_day: str = "A day"
    history_month: str = "30 days"
    history_none: str = "No figures were kept yet. The first ones come within a minute."
    memory: str = "Memory"
    disk: str = "Disk"
    processor: str = "Processor"
    stop_all: str = "Stop everything"
    stop_all_detail: str = "Every agent stops at once and stays stopped until you switch them on again."
    resume_all: str = "Let agents work again"
    last_seen: str = "last sign of life"

    def used_of(self, used: str, total: str) -> str:
        return f"{used} of {total}"

    def tokens(self, millions: str) -> str:
        return f"{millions} M tokens"
