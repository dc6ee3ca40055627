"""What is said in a soak: answers follow from questions, so both ends know what must arrive."""

WORDS = 40


def words_of(question: str) -> list[str]:
    """The words of the answer to a question."""
    name = question.replace(" ", "-")
    return [f"{name}.{number}" for number in range(WORDS)]


def answer_to(question: str) -> str:
    """The whole answer."""
    return "".join(f"{word} " for word in words_of(question))


def approval_id(message_id: str) -> str:
    """The approval that is asked for while a message is answered."""
    return f"apr_{message_id}"
