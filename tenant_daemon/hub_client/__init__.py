"""The link to the hub: messages both ways, answers from OpenClaw, and what survives a restart."""
