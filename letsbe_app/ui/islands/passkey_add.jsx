import { useEffect, useState } from "react";
import { AccountForm } from "./account_form.jsx";
import { HubError, postToHub } from "./hub_rest.js";
import { hasPasskeys, makePasskey } from "./passkey.js";

/** Adding a passkey: the password, a name, and then the device asks its owner. */
export function PasskeyAdd({ route, words, codeField, working, failed, onDone }) {
  const [canMake, setCanMake] = useState(true);
  const [said, setSaid] = useState(null);
  const [round, setRound] = useState(0);
  useEffect(() => setCanMake(hasPasskeys()), []);

  const make = async (options, name) => {
    try {
      const credential = await makePasskey(options);
      await postToHub(route, { name, credential });
      setSaid({ text: words.added });
      onDone?.();
    } catch (error) {
      const text = error instanceof HubError ? error.message : words.not_made;
      setSaid({ text, isProblem: true });
    }
    setRound((number) => number + 1);
  };

  if (!canMake) return <p className="text-muted">{words.cannot}</p>;
  return (
    <div className="flex flex-col gap-4">
      <p role={said?.isProblem ? "alert" : "status"} className={said?.isProblem ? "text-red" : "empty:hidden"}>
        {said?.text}
      </p>
      <AccountForm
        key={round}
        prefix="passkey"
        action={`${route}/options`}
        fields={[
          { name: "name", label: words.name, type: "text", autocomplete: "off", hint: words.name_hint, isOwn: true },
          { name: "password", label: words.password, type: "password", autocomplete: "current-password" },
        ]}
        codeField={codeField}
        submitLabel={words.add}
        workingLabel={working}
        failedText={failed}
        onAnswer={(options, { name }) => make(options, name)}
      />
    </div>
  );
}
