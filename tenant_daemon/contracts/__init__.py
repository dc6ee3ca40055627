"""
The wire between the hub and a tenant's daemon.

The only part of ``tenant_daemon`` that the hub imports: standard library and pydantic, no I/O.
Both sides upgrade at different times, so a new field has a useful default, an unknown field is
ignored, and ``version.py`` gains a dated line for each change that the other side can notice.
"""
