"""People and keys of the business."""
