import { useEffect, useState } from "react";
import { Link } from "react-router";

/** A link between signing in and signing up, which takes along where somebody wants to go afterwards. */
export function KeptNextLink({ to, className, children }) {
  const [search, setSearch] = useState("");
  // Not before the first look at the page: it was built without an address.
  useEffect(() => {
    const next = new URLSearchParams(window.location.search).get("next");
    setSearch(next ? `?${new URLSearchParams({ next })}` : "");
  }, []);
  return (
    <Link to={to + search} className={className}>
      {children}
    </Link>
  );
}
