"""Who did what, in a chain that cannot be changed unnoticed. No audit, no action."""

from tenant_daemon.audit.entry import AuditEntry, AuditEvent, AuditRecord
from tenant_daemon.audit.trail import AuditTrail, AuditUnavailable, Verification

__all__ = ["AuditEntry", "AuditEvent", "AuditRecord", "AuditTrail", "AuditUnavailable", "Verification"]
