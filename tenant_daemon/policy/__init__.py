"""
What a tool call means, and whether it may run: deterministic, explainable, and without effects.

``classify`` judges a call, ``autonomy.decide`` holds the judgement against what the customer allowed.
"""

from tenant_daemon.policy.autonomy import GateDecision, decide
from tenant_daemon.policy.classify import classify
from tenant_daemon.policy.judgement import Judgement, PolicyContext, Resolve

__all__ = ["GateDecision", "Judgement", "PolicyContext", "Resolve", "classify", "decide"]
