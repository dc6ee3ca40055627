"""How tools take a new password; each is a ``rotation.ChangeStep`` for something that runs on this server."""
