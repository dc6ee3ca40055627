import { useState } from "react";
import { AccountForm } from "./account_form.jsx";

/** Setting an authenticator app up: the password, the picture, a first code, the recovery codes. */
export function SecondFactorSetup({ routes, words, working, failed, onDone }) {
  const [setup, setSetup] = useState(null);
  const common = { workingLabel: working, failedText: failed };
  if (!setup) {
    return (
      <AccountForm
        {...common}
        prefix="factor"
        action={routes.begin}
        fields={[{ name: "password", label: words.password, type: "password", autocomplete: "current-password" }]}
        submitLabel={words.begin}
        onAnswer={setSetup}
      />
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <p>{words.scan}</p>
      <img src={setup.qr_svg} alt={words.picture} className="size-52 bg-white rounded-control self-start" />
      <p className="text-sm text-muted">
        {words.by_hand}{" "}
        <code className="select-all break-all text-ink">{setup.secret}</code>
      </p>
      <AccountForm
        {...common}
        prefix="factor-code"
        action={routes.enable}
        fields={[{ name: "code", label: words.code, type: "text", autocomplete: "one-time-code" }]}
        submitLabel={words.enable}
        done={words.keep_codes}
        shown="codes"
        onDone={onDone}
      />
    </div>
  );
}
