"""The Helm chart: what comes out of it, object by object."""

from pathlib import Path
from typing import Any

import pytest

from letsbe_app.settings import Settings
from tests.support.chart import rendered

CHART = Path(__file__).resolve().parents[2] / "deploy" / "helm" / "letsbe-hub"
OBJECTS = rendered(CHART)
PODS = ("Deployment/biz", "Deployment/biz-jobs", "Job/biz-migrate")


def container(name: str) -> dict[str, Any]:
    (one,) = OBJECTS[name]["spec"]["template"]["spec"]["containers"]
    return dict(one)


def test_these_objects_come_out() -> None:
    assert OBJECTS.keys() == {
        "ConfigMap/biz",
        *PODS,
        "Service/biz",
        "Ingress/biz",
        "HorizontalPodAutoscaler/biz",
        "PodDisruptionBudget/biz",
        "NetworkPolicy/biz",
    }


@pytest.mark.parametrize("name", PODS)
def test_every_pod_is_closed(name: str) -> None:
    pod, one = OBJECTS[name]["spec"]["template"]["spec"], container(name)

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert one["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"cpu", "memory"} <= one["resources"]["requests"].keys()
    assert "memory" in one["resources"]["limits"]
    assert one["image"] == "letsbe-hub:0.1.0"
    mounted = {mount["name"] for mount in one["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
    modes = [volume["secret"]["defaultMode"] for volume in pod["volumes"] if "secret" in volume]
    assert modes == [0o440, 0o440]


def test_selectors_meet_their_pods() -> None:
    for name in PODS[:2]:
        wanted = OBJECTS[name]["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= OBJECTS[name]["spec"]["template"]["metadata"]["labels"].items()
    hub = OBJECTS["Deployment/biz"]["spec"]["template"]["metadata"]["labels"]
    jobs = OBJECTS["Deployment/biz-jobs"]["spec"]["template"]["metadata"]["labels"]
    service = OBJECTS["Service/biz"]["spec"]["selector"]
    budget = OBJECTS["PodDisruptionBudget/biz"]["spec"]["selector"]["matchLabels"]
    assert service.items() <= hub.items()
    assert budget.items() <= hub.items()
    assert not service.items() <= jobs.items()
    assert OBJECTS["HorizontalPodAutoscaler/biz"]["spec"]["scaleTargetRef"]["name"] == "biz"


def test_the_schema_comes_first_and_its_settings_before_it() -> None:
    def weight(name: str) -> int:
        annotations = OBJECTS[name]["metadata"]["annotations"]
        assert annotations["helm.sh/hook"] == "pre-install,pre-upgrade"
        return int(annotations["helm.sh/hook-weight"])

    assert weight("ConfigMap/biz") < weight("Job/biz-migrate")
    assert container("Job/biz-migrate")["args"] == ["migrate"]


def test_settings_exist_and_hold_no_secret() -> None:
    known = {field.alias for field in Settings.model_fields.values()} | {"LETSBE_KEYS_FROM"}
    settings = OBJECTS["ConfigMap/biz"]["data"]

    assert {name.removesuffix("_FILE") for name in settings} <= known
    assert settings["LETSBE_PUBLIC_URL"] == "https://hub.example.com"
    assert not [kind for kind in OBJECTS if kind.startswith("Secret/")]


def test_one_jobs_process_alone_and_hubs_that_never_go_all_at_once() -> None:
    jobs, hub = OBJECTS["Deployment/biz-jobs"]["spec"], OBJECTS["Deployment/biz"]["spec"]

    assert (jobs["replicas"], jobs["strategy"]) == (1, {"type": "Recreate"})
    assert hub["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert container("Deployment/biz")["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container("Deployment/biz")["livenessProbe"]["httpGet"]["path"] == "/healthz"


def test_values_reach_their_places() -> None:
    objects = rendered(CHART, release="other", domain="hub.bakery.example")

    assert objects["Ingress/other"]["spec"]["rules"][0]["host"] == "hub.bakery.example"
    assert "Deployment/other-jobs" in objects


def test_pods_are_made_anew_for_other_values() -> None:
    """Nothing else does it: what a pod reads of a ConfigMap is what it said when the pod began."""
    other = rendered(CHART, domain="hub.bakery.example")
    for name in PODS[:2]:
        assert other[name]["spec"]["template"] != OBJECTS[name]["spec"]["template"]


def test_the_back_office_has_a_host_of_its_own_where_one_is_given() -> None:
    def hosts(**values: str) -> tuple[object, list[str], list[str]]:
        objects = rendered(CHART, **values)
        entrance = objects["Ingress/biz"]["spec"]
        # One entrance for both hosts.
        assert len({str(rule["http"]) for rule in entrance["rules"]}) == 1
        listed = [rule["host"] for rule in entrance["rules"]]
        return objects["ConfigMap/biz"]["data"].get("LETSBE_ADMIN_URL"), listed, entrance["tls"][0]["hosts"]

    alone, both = ["hub.example.com"], ["hub.example.com", "office.example.com"]
    assert hosts() == (None, alone, alone)
    assert hosts(adminDomain="office.example.com") == ("https://office.example.com", both, both)


def test_an_operators_own_settings_reach_every_process_and_replace_none_of_ours() -> None:
    for name in PODS:
        (one,) = OBJECTS[name]["spec"]["template"]["spec"]["containers"]
        # Of two that name the same setting the later one counts.
        assert one["envFrom"] == [
            {"configMapRef": {"name": "letsbe-hub-settings", "optional": True}},
            {"configMapRef": {"name": "biz"}},
        ]


def test_only_the_ingress_and_the_monitoring_reach_it() -> None:
    rules = OBJECTS["NetworkPolicy/biz"]["spec"]["ingress"]
    names = [
        rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for rule in rules
    ]

    assert names == ["ingress-nginx", "monitoring"]
