"""Who makes the machines: one module per provider behind one protocol."""
