"""The part of a body by which a signed-in person proves themselves once more."""

from typing import Any

from pydantic import Field, SecretStr

from letsbe_app.api.body import Body
from letsbe_app.people.accounts.schemas import Proof


class Confirmed(Body):
    """The person's password once more; and a code or a passkey, where they have a second factor."""

    password: SecretStr = Field(max_length=500)
    code: SecretStr | None = Field(
        default=None, max_length=60, description="Of the authenticator app, or a recovery code."
    )
    passkey: dict[str, Any] | None = Field(
        default=None, description="Instead of the code; see `/public/passkey/options`."
    )

    def proof(self) -> Proof:
        """What the service looks at."""
        code = self.code.get_secret_value() if self.code else None
        return Proof(self.password.get_secret_value(), code, self.passkey)
