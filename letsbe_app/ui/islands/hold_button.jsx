import { useRef, useState } from "react";

const HOLD_MS = 1200;

/** A button that must be held, by finger, mouse, Enter or Space; letting go early does nothing. */
export function HoldButton({ label, onConfirm, submits, disabled }) {
  const [isHeld, setIsHeld] = useState(false);
  const timer = useRef(0);
  const button = useRef(null);

  const begin = () => {
    if (disabled || timer.current) return;
    setIsHeld(true);
    timer.current = setTimeout(() => {
      end();
      onConfirm?.();
      if (submits) button.current.form.requestSubmit();
    }, HOLD_MS);
  };
  const end = () => {
    clearTimeout(timer.current);
    timer.current = 0;
    setIsHeld(false);
  };
  const isHoldKey = (event) => event.key === "Enter" || event.key === " ";

  return (
    <button
      ref={button}
      type="button"
      disabled={disabled}
      data-shortcut="a"
      onPointerDown={begin}
      onPointerUp={end}
      onPointerLeave={end}
      onPointerCancel={end}
      onBlur={end}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (isHoldKey(event)) {
          event.preventDefault();
          begin();
        }
      }}
      onKeyUp={(event) => isHoldKey(event) && end()}
      className="relative overflow-hidden inline-flex items-center justify-center min-h-target px-4 rounded-control
        font-medium bg-card text-critical border border-critical cursor-pointer select-none touch-none
        disabled:opacity-55"
    >
      <span
        aria-hidden="true"
        className="absolute inset-0 origin-left bg-critical/25"
        style={{
          transform: isHeld ? "scaleX(1)" : "scaleX(0)",
          transition: isHeld ? `transform ${HOLD_MS}ms linear` : "transform 120ms ease-out",
        }}
      />
      <span className="relative">{label}</span>
    </button>
  );
}
