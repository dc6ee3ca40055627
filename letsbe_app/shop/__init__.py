"""From a visitor to a paid order: catalogue, wizard, orders, billing."""
