import { useEffect, useState } from "react";
import { AccountForm } from "./account_form.jsx";
import { HubError, postToHub } from "./hub_rest.js";

/** Joining the staff with a link: the authenticator app, a password, a first code. */
export function StaffJoin({ route, words, working, failed, after }) {
  const [setup, setSetup] = useState(null);
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState("");

  useEffect(() => {
    const told = window.location.hash.slice(1);
    // Out of the address bar and the history.
    window.history.replaceState(window.history.state, "", window.location.pathname);
    if (!told) return;
    setToken(told);
    postToHub(`${route}/begin`, { token: told })
      .then(({ data }) => setSetup(data))
      .catch((error) => setProblem(error instanceof HubError ? error.message : failed));
  }, []);

  if (problem) {
    return (
      <p role="alert" className="text-red">
        {problem}
      </p>
    );
  }
  if (!setup) return <p role="status">{working}</p>;
  return (
    <div className="flex flex-col gap-5">
      <p className="font-medium break-all">{setup.email}</p>
      <img src={setup.qr_svg} alt={words.picture} className="size-52 bg-white rounded-control self-start" />
      <p className="text-sm text-muted">
        {words.by_hand} <code className="select-all break-all text-ink">{setup.secret}</code>
      </p>
      <AccountForm
        action={route}
        extra={{ token }}
        fields={[
          { name: "password", label: words.password, type: "password", autocomplete: "new-password" },
          { name: "code", label: words.code, type: "text", autocomplete: "one-time-code" },
        ]}
        submitLabel={words.join}
        workingLabel={working}
        failedText={failed}
        after={after}
      />
    </div>
  );
}
