"""The part of a body by which a signed-in person proves themselves once more."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from letsbe_app.people.accounts.schemas import Proof


class Confirmed(BaseModel):
    """The person's password once more; and a code or a passkey, where they have a second factor."""

    model_config = ConfigDict(extra="forbid")

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
