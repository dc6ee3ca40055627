"""Support looks into an account, when and as long as its owner allows that."""
