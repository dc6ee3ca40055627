import { Component } from "react";
import { PRIMARY } from "./look.js";

/** Catches what breaks while a page draws itself, says so, and offers the one thing that helps. */
export class ErrorBoundary extends Component {
  state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main role="alert" className="min-h-dvh flex flex-col items-center justify-center gap-4 p-6 text-center">
        <h1 className="text-xl font-semibold">{this.props.title}</h1>
        <button
          type="button"
          onClick={() => location.reload()}
          className={PRIMARY}
        >
          {this.props.action}
        </button>
      </main>
    );
  }
}
