"""Words of the agents' page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AgentsTexts:
    title: str = "Agents"
    intro: str = (
        "Each colleague does what you allow and asks for the rest. Changes take effect within seconds."
    )
    working: str = "Working"
    stopped: str = "Stopped"
    stop: str = "Stop this agent"
    resume: str = "Let it work"
    limits: str = "Change what it may do alone"
    level: str = "How much it may do alone"
    level_1: str = "Asks before every change"
    level_1_detail: str = "It may look things up. Everything else waits for you."
    level_2: str = "Does what is easily undone, asks for the rest"
    level_2_detail: str = "Drafts, files in its workspace, restarts. Deleting waits for you."
    level_3: str = "Does almost everything alone"
    level_3_detail: str = "Only what can never be undone waits for you."
    unlocks: str = "What may leave your server without asking"
    unlocks_detail: str = "Switched off, it asks each time before anything reaches people or systems outside."
    no_unlocks: str = "This agent has no tools that reach outside."
    talk: str = "Write to this agent"
    saved: str = "Saved. Your server is being told."
    unlock_shell: str = "May run commands that reach other systems"
    unlock_http: str = "May publish, send and invite through your tools"
    unlock_docker: str = "May fetch software from outside"
    unlock_browser: str = "May use websites"
