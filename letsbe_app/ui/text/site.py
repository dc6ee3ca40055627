"""Words of the public site: landing page and the frame around public pages."""

from dataclasses import dataclass

from letsbe_app.settings import LegalNotice


@dataclass(frozen=True)
class SiteTexts:
    title: str = "A team of AI colleagues on a server that is yours"
    promise: str = "A team of AI colleagues on a server that is yours."
    promise_detail: str = (
        "They run your tools, write, plan and answer. Your passwords never leave your server."
    )
    build: str = "Build yours"
    calculate: str = "See what it costs"
    to_portal: str = "Open your portal"

    approval_caption: str = "An approval as it reaches you, in the browser and on your phone."
    approval_who: str = "IT colleague asks"
    approval_what: str = "Delete the folder old-invoices and everything in it"
    approval_command: str = "rm -r old-invoices"
    approval_why: str = "It removes files within one folder of its workspace."
    approve: str = "Approve"
    deny: str = "Refuse"

    how_title: str = "How it works"
    how: tuple[tuple[str, str], ...] = (
        ("Describe your business", "We suggest the tools that fit. You change what you like."),
        (
            "Get a server of your own",
            "One customer, one server. Your tools and your team of agents are set up while you watch.",
        ),
        (
            "Talk, and approve with one tap",
            "Agents do the everyday work alone. What is risky or leaves the house waits for your yes.",
        ),
    )

    privacy_title: str = "What the model sees, and what stays with you"
    privacy_detail: str = (
        "Every word that goes to a language model passes a filter on your server first. It knows your passwords "
        "and keys, in every disguise, and replaces them before anything leaves."
    )
    privacy_server: str = "On your server"
    privacy_model: str = "What the model receives"
    privacy_server_text: str = "SMTP_USER=office@bakery.example\nSMTP_PASSWORD=Rye-and-Salt-1904"
    privacy_model_text: str = "SMTP_USER=office@bakery.example\nSMTP_PASSWORD=SECRET_REF(smtp-password)"

    plans_title: str = "Four plans, one server each"
    plans_detail: str = "Prices per month. Change the plan whenever your business changes."
    which_plan: str = "Find the plan that fits"
    founding: str = "The first 100 customers get twice the tokens for 12 months."
    tools_title: str = "The tools your team works with"
    tools_detail: str = "Open source, on your server, with your data. Take the ones you need."

    questions_title: str = "Questions people ask"
    questions: tuple[tuple[str, str], ...] = (
        (
            "Who can read my data?",
            "You. The server is yours alone; no other customer shares it, and our hub keeps only redacted text of "
            "your conversations.",
        ),
        (
            "What can the agents do without asking?",
            "Read, and make changes that are easily undone. Deleting, publishing, writing to customers and "
            "anything we cannot judge asks you first. You can make each agent stricter or freer.",
        ),
        (
            "What are tokens?",
            "The unit in which language models count text; a page is about 700. Your plan holds a monthly amount, "
            "and you see what each agent used.",
        ),
        (
            "What happens when I stop paying?",
            "You export everything, in the tools' own formats. Then the server is erased.",
        ),
        (
            "Do I need to know about servers?",
            "No. Your IT colleague does, and asks you in plain words when it matters.",
        ),
    )
    footer_navigation: str = "Footer"
    footer: str = "LetsBe Biz. Where power meets privacy."

    def legal(self, notice: LegalNotice) -> str:
        return {
            LegalNotice.IMPRINT: "Who we are",
            LegalNotice.PRIVACY: "Privacy",
            LegalNotice.TERMS: "Terms",
        }[notice]

    legal_title: str = "Not published yet"
    legal_detail: str = (
        "Whoever runs this installation has not published this notice yet. Until then it is for trying things out. "
        "Write to them, or to help@letsbe.biz."
    )

    def price(self, cents: int) -> str:
        return f"EUR {cents // 100}" if cents % 100 == 0 else f"EUR {cents / 100:.2f}"

    per_month: str = "per month"

    def tokens(self, millions: int) -> str:
        return f"{millions} million tokens a month"

    def machine(self, cores: int, memory_gb: int, disk_gb: int) -> str:
        disk = f"{disk_gb} GB" if disk_gb < 1000 else f"{disk_gb / 1000:g} TB"
        return f"{cores} cores, {memory_gb} GB memory, {disk} disk"

    def tool_range(self, tools: str) -> str:
        return f"room for {tools}"
