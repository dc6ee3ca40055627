"""OpenClaw as it is: its configuration, process, client, plugin, and the check that only our tools are on."""
