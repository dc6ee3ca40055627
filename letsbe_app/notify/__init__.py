"""Words to people who are not looking: by web push and by e-mail, as each of them wants it."""
