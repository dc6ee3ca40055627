"""The open conversation's title, and what can be done with the whole of it."""

import reflex as rx

from letsbe_app.ui.components.button import button, icon_button
from letsbe_app.ui.components.dialog import dialog, question
from letsbe_app.ui.components.download_link import download_link
from letsbe_app.ui.components.field import field
from letsbe_app.ui.pages.chat.state import ChatState
from letsbe_app.ui.text import texts
from letsbe_app.workforce.conversations.checks import MAX_TITLE_LENGTH
from letsbe_app.workforce.conversations.export import ExportFormat


def thread_head() -> rx.Component:
    """Return the line above the messages; a conversation that does not exist yet has none."""
    t = texts().chat
    is_reader = ChatState.frame.is_reader
    return rx.cond(
        ChatState.open_id != "",
        rx.el.div(
            rx.el.h1(ChatState.title, class_name="grow min-w-0 font-medium line-clamp-2"),
            rx.cond(~is_reader, icon_button("pencil", t.rename, on_click=ChatState.ask_for_title)),
            icon_button("download", t.export, on_click=ChatState.ask_for_file),
            rx.cond(~is_reader, icon_button("trash-2", t.delete, on_click=ChatState.ask_to_delete)),
            _rename_dialog(),
            _delete_dialog(),
            _export_dialog(),
            class_name="w-full max-w-[820px] mx-auto flex items-center gap-1 shrink-0 pb-1 border-b border-line",
        ),
    )


def _rename_dialog() -> rx.Component:
    t = texts().chat
    return dialog(
        rx.el.form(
            field(
                t.rename_label,
                "title",
                error=ChatState.rename_problem,
                is_required=True,
                default_value=ChatState.title,
                max_length=MAX_TITLE_LENGTH,
                auto_complete="off",
                key=ChatState.title,
            ),
            rx.el.div(button(t.rename_confirm, type="submit"), class_name="flex justify-end"),
            on_submit=ChatState.rename,
            class_name="flex flex-col gap-4",
        ),
        title=t.rename_title,
        is_open=ChatState.is_renaming,
        on_dismiss=ChatState.close_thread_dialogs,
    )


def _delete_dialog() -> rx.Component:
    t = texts().chat
    return question(
        rx.el.p(t.delete_detail),
        rx.cond(
            ChatState.delete_problem != "",
            rx.el.p(ChatState.delete_problem, role="alert", class_name="text-red"),
        ),
        confirm=button(t.delete_confirm, kind="danger", icon_name="trash-2", on_click=ChatState.delete),
        title=t.delete_title,
        is_open=ChatState.is_deleting,
        on_dismiss=ChatState.close_thread_dialogs,
    )


def _export_dialog() -> rx.Component:
    t = texts().chat
    kinds = ((ExportFormat.MARKDOWN, t.export_markdown), (ExportFormat.JSON, t.export_json))
    return dialog(
        rx.el.p(t.export_detail),
        rx.el.div(
            *[
                download_link(text, _file(kind), on_save=ChatState.close_thread_dialogs)
                for kind, text in kinds
            ],
            class_name="flex flex-wrap gap-2 justify-end",
        ),
        title=t.export_title,
        is_open=ChatState.is_exporting,
        on_dismiss=ChatState.close_thread_dialogs,
    )


def _file(kind: ExportFormat) -> rx.Var[str]:
    return rx.Var.create(f"/api/v1/customer/conversations/{ChatState.open_id}/export?format={kind}")
