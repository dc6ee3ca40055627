"""What can be had: tools, plans and bundles as data, and the calculator."""
