"""Words of the wizard from business description to payment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OnboardingTexts:
    title: str = "Build your server"
    steps: tuple[str, ...] = ("Your business", "Tools", "Plan", "Name", "Check and pay")
    progress: str = "Steps"
    next: str = "Continue"
    back: str = "Back"
    later: str = "Save and finish later"
    saved: str = "Saved. You can go on from here whenever you like."

    business_title: str = "What does your business do?"
    business_label: str = "In your own words"
    business_hint: str = "A few sentences. For example: we bake bread and sell it in two shops and online."
    suggest: str = "Suggest my tools"
    business_empty: str = "Write a sentence or two first, or choose the tools yourself."
    choose_myself: str = "I would rather choose myself"
    suggestion_title: str = "This bundle fits"
    others: str = "Or one of these"
    sureness: str = "How sure we are"

    tools_title: str = "Which tools do you want?"
    plan_title: str = "Which size?"
    plan_recommended: str = "Smallest that fits"
    plan_too_small: str = "Too small"
    name_title: str = "What shall your server be called?"
    name_label: str = "Name of your server"
    name_hint: str = "Letters, digits and hyphens. You can bring a domain of your own later."
    check_title: str = "Is everything right?"
    check_tools: str = "Tools"
    check_plan: str = "Plan"
    check_name: str = "Name"
    check_team: str = "Your team"
    check_team_value: str = "Dispatcher, IT, Marketing, Secretary and Sales"
    check_price: str = "Price"
    order: str = "Order with payment"
    change: str = "Change"

    pay_title: str = "Payment"
    pay_practice: str = "Practice payment"
    pay_practice_detail: str = "No money moves and no card is asked for: this hub runs in practice mode. Everything after it is real."
    pay: str = "Pay in practice"
    order_of: str = "Your order"

    def sure(self, percent: int) -> str:
        return f"{percent} % sure"
