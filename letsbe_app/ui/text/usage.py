"""Words of the usage page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UsageTexts:
    title: str = "Usage"
    intro: str = "What your agents used, and how much is left. A budget stops an agent before it is passed."
    alerts: str = "To look at"
    alarm_title: str = "A planted secret turned up outside"
    alarm_todo: str = (
        "Somebody or something has read what nobody should. Stop your agents, change the passwords that lie beside "
        "it, and look at what was changed."
    )
    alarm_open: str = "Look at the secrets"
    budgets: str = "Budgets"
    no_budgets: str = "No budget is set. Give an agent one on its page."
    whole_server: str = "Your plan"
    set_budgets: str = "Set budgets"
    days: str = "Tokens a day"
    days_detail: str = "The last 30 days, in UTC. The amounts are what the tokens are worth; those of your plan are paid with it."
    stacked: str = "Stacked by"
    stacked_by_agent: str = "By agent"
    stacked_by_model: str = "By model"
    legend: str = "What the colours mean"
    others: str = "All others"
    as_csv: str = "Save as a table (CSV)"
    cost_column: str = "Worth"
    worth: str = "Altogether worth"
    as_table: str = "As a table"
    day: str = "Day"
    tokens_column: str = "Tokens"
    by_agent: str = "Per agent and model"
    by_agent_detail: str = "This month."
    none_yet: str = "Nothing was used yet."
    none_yet_detail: str = "As soon as an agent has answered, you see here what it took."
    write: str = "Write to an agent"
    estimated: str = "partly estimated"

    def budget_name(self, agent: str, period: str, *, with_sub_agents: bool) -> str:
        spans = {"day": "today", "month": "this month", "plan": "this month"}
        whose = f"{agent} and those that work for it" if with_sub_agents else agent
        return f"{whose}, {spans.get(period, period)}"

    def budget_used(self, percent: int) -> str:
        return "A budget is used up" if percent >= 100 else f"{percent} % of a budget is used"

    def used_of(self, used: str, total: str) -> str:
        return f"{used} of {total} tokens"

    def alarm(self, name: str, door: str) -> str:
        return f"The planted secret “{name}” was seen at: {door}."
