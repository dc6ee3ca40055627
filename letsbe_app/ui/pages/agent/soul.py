"""The editor of an agent's character: what changes is shown before it is saved."""

import reflex as rx

from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.card import card
from letsbe_app.ui.components.dialog import dialog, dialog_buttons
from letsbe_app.ui.components.diff_block import diff_block
from letsbe_app.ui.components.field import INPUT
from letsbe_app.ui.pages.agent.state import AgentState
from letsbe_app.ui.text import texts

MAX_LENGTH = 20_000
"""As ``AgentConfig.soul_md``."""


def soul() -> rx.Component:
    """Return the section."""
    t, agent = texts().agent, AgentState.agent
    return rx.el.section(
        card(
            rx.el.h2(t.soul, class_name="text-lg font-semibold"),
            rx.el.p(t.soul_detail, class_name="text-sm text-muted -mt-2"),
            rx.el.form(
                rx.el.label(t.soul_label, html_for="soul_md", class_name="sr-only"),
                rx.el.textarea(
                    id="soul_md",
                    name="soul_md",
                    rows="18",
                    max_length=MAX_LENGTH,
                    default_value=agent.soul_md,
                    spell_check=True,
                    class_name=f"{INPUT} font-mono text-sm leading-6",
                ),
                rx.el.div(
                    rx.cond(
                        agent.is_default,
                        button(t.soul_reset, kind="quiet", on_click=AgentState.preview_original),
                    ),
                    button(t.soul_preview, type="submit"),
                    class_name="flex flex-wrap justify-end gap-2",
                ),
                on_submit=AgentState.preview_soul,
                key=rx.Var.create(f"{agent.agent_id} {AgentState.soul_round}"),
                data_unsaved=texts().common.unsaved,
                class_name="flex flex-col gap-3",
            ),
            _confirmation(),
            class_name="flex flex-col gap-4",
        ),
        aria_label=t.soul,
    )


def _confirmation() -> rx.Component:
    t = texts().agent
    return dialog(
        rx.cond(
            AgentState.diff.counts != "",
            rx.fragment(
                diff_block(AgentState.diff, label=t.diff),
                dialog_buttons(
                    button(t.soul_confirm, on_click=AgentState.save_soul), on_cancel=AgentState.close
                ),
            ),
            rx.el.p(t.soul_same),
        ),
        title=t.soul_dialog,
        is_open=AgentState.is_saving_soul,
        on_dismiss=AgentState.close,
    )
