"""Words of the page that shows what agents changed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChangesTexts:
    title: str = "Changes"
    intro: str = (
        "What your agents did to files and settings. Each change can be undone for seven days, as long as nobody "
        "has changed the file again."
    )
    none_yet: str = "Nothing changed yet."
    none_yet_detail: str = "When an agent writes, moves or deletes a file, you see it here and can undo it."
    diff: str = "What changed"
    show_diff: str = "Show what changed"
    undo: str = "Undo"
    undo_title: str = "Undo this?"
    undo_confirm: str = "Undo it"
    undo_until: str = "Can be undone until"
    undo_all_title: str = "Undo all of this?"
    undo_all_intro: str = "Each of these is put back as it was, the newest first:"
    undo_all_left: str = "These stay as they are:"
    undo_all_cut: str = "That is as many as fit at a time. Afterwards you can undo the rest the same way."
    undo_all_nothing: str = "Nothing of this can be undone any more."
    whole_answer: str = "Everything this agent changed in the same answer"
    dismiss: str = "Dismiss"
    on_its_way: str = "Your server is being told."
    undoing: str = "Being undone"
    undone: str = "Undone"
    cannot: str = "Cannot be undone"
    no_copy: str = "The file was too large to keep a copy of how it was."
    too_late: str = "This was more than seven days ago."
    you: str = "You or a colleague"

    def told(self, kind: str, path: str, moved_from: str, setting: str, *, is_put_back: bool) -> str:
        """What was done, as the rest of a sentence that begins with a name."""
        if is_put_back:
            return f"put back {path}"
        match kind:
            case "created":
                return f"made {path}"
            case "deleted":
                return f"deleted {path}"
            case "moved":
                return f"moved {moved_from} to {path}"
            case "setting":
                return f"changed the setting {setting} in {path}"
            case _:
                return f"changed {path}"

    def undo_all(self, count: int) -> str:
        """The way to undoing a whole step, from one of its changes."""
        return f"Undo all {count} changes of this step"

    def undo_all_confirm(self, count: int) -> str:
        return "Undo this change" if count == 1 else f"Undo {count} changes"

    def undo_all_going_on(self, done: int, count: int) -> str:
        return f"{done} of {count} changes are settled. Your server is putting back the rest."

    def undo_all_done(self, count: int) -> str:
        return "The change was undone." if count == 1 else f"All {count} changes were undone."

    def undo_all_partly(self, done: int, count: int) -> str:
        """Some were refused; their list follows."""
        return f"{done} of {count} changes were undone. These were not:"

    def undo_detail(self, kind: str, path: str, moved_from: str, setting: str) -> str:
        """What undoing will do."""
        match kind:
            case "created":
                return f"{path} will be deleted."
            case "deleted":
                return f"{path} will be there again, as it was."
            case "moved":
                return f"{path} will be moved back to {moved_from}."
            case "setting":
                return f"{path} will be as it was before {setting} was changed."
            case _:
                return f"{path} will be as it was before this change."
