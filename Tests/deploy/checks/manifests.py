"""The rendered Kubernetes objects: valid for the API, and with the properties that running Rollcall safely needs."""

import json
import posixpath
import re
import subprocess

import kubernetes_validate
import yaml

from . import configuration

# The oldest that the base works on (the sleep action) and the newest that the validator knows.
VERSIONS = ("1.30", kubernetes_validate.latest_version())
WEBHOOKS = {"/webhooks/graph", "/webhooks/graph/lifecycle"}
PROBES = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}


def kustomize_version():
    """The major version of the kustomize in kubectl; 0 without either."""
    try:
        done = subprocess.run(["kubectl", "version", "--client", "-o", "json"],
                              capture_output=True, text=True, timeout=60)
        return int(json.loads(done.stdout)["kustomizeVersion"].lstrip("v").partition(".")[0])
    except (OSError, ValueError, KeyError):
        return 0


def render(folder):
    done = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise ValueError(done.stderr.strip())
    return [item for item in yaml.safe_load_all(done.stdout) if item]


class Overlay:
    """The objects of one rendered folder, and shortcuts to those that the checks look at."""

    def __init__(self, name, objects):
        self.name = name
        self.objects = objects
        self.deployment = self.only("Deployment")["spec"]
        self.template = self.deployment["template"]
        self.pod = self.template["spec"]
        self.container = self.pod["containers"][0]
        self.volumes = {volume["name"]: volume for volume in self.pod["volumes"]}
        self.mounts = {mount["mountPath"]: (mount, self.volumes[mount["name"]])
                       for mount in self.container["volumeMounts"]}
        self.configuration = yaml.safe_load(self.only("ConfigMap")["data"]["rollcall.yaml"])

    def all(self, kind):
        return [item for item in self.objects if item["kind"] == kind]

    def only(self, kind):
        found = self.all(kind)
        if len(found) != 1:
            raise ValueError(f"{len(found)} objects of kind {kind} where one is needed")
        return found[0]

    def setting(self, path, default=None):
        return configuration.value_at(self.configuration, path, default)

    def port(self, reference):
        """The container's port number for a name or number."""
        named = {port.get("name"): port["containerPort"] for port in self.container["ports"]}
        return named.get(reference, reference)

    def selects(self, labels):
        """Whether a label selector matches the pod; an empty one would match others too."""
        return bool(labels) and labels.items() <= self.template["metadata"]["labels"].items()

    def mounted_at(self, path):
        """(mount, volume, rest of the path) of the deepest mount that holds a path, or None."""
        path = re.sub(r"^/var/run/", "/run/", path)
        for point in sorted(self.mounts, key=len, reverse=True):
            if path == point or path.startswith(point + "/"):
                return (*self.mounts[point], posixpath.relpath(path, point))
        return None


def schema_problems(objects, version):
    for item in objects:
        name = f"{item['kind']}/{item['metadata']['name']}"
        try:
            kubernetes_validate.validate(item, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{name} {'.'.join(map(str, error.path))}: {error.message}"
        except kubernetes_validate.SchemaNotFoundError as error:
            yield f"{name}: {error.message}"


def check(report, folder, image):
    name = folder.name
    try:
        overlay = Overlay(name, render(folder))
    except (ValueError, KeyError, TypeError) as error:
        report.expect(f"{name}: renders", False, repr(error))
        return None
    for version in VERSIONS:
        report.expect_none(f"{name}: valid for Kubernetes {version}", schema_problems(overlay.objects, version))
    for part in (replicas, restricted, probes, shutdown, resources, files, network, disruption, ingress, secrets):
        try:
            for rule, holds, detail in part(overlay, image):
                report.expect(f"{name}: {rule}", holds, str(detail))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            report.expect(f"{name}: {part.__name__}", False, repr(error))
    report.expect_none(f"{name}: configuration valid", configuration.problems(overlay.configuration))
    return overlay


def replicas(overlay, image):
    yield "one replica", overlay.deployment.get("replicas") == 1, overlay.deployment.get("replicas")
    yield "Recreate, never two pods", overlay.deployment.get("strategy", {}).get("type") == "Recreate", ""
    _, _, tag = overlay.container["image"].rpartition("/")[2].partition(":")
    yield "image tag given and not latest", tag not in ("", "latest"), overlay.container["image"]
    yield "environment names are configuration keys", not (unknown := unknown_variables(overlay)), unknown
    yield "no variables from Services", overlay.pod.get("enableServiceLinks") is False, ""


def unknown_variables(overlay):
    keys = configuration.known_keys()
    names = {configuration.environment_name(path) for path in keys}
    names |= {name.removesuffix("_FILE") for name in names}
    return [variable["name"] for variable in overlay.container.get("env", [])
            if variable["name"].startswith("ROLLCALL_") and variable["name"] not in names]


def restricted(overlay, image):
    pod, container = overlay.pod.get("securityContext", {}), overlay.container.get("securityContext", {})
    user, group = (int(part) for part in image.user.split(":"))
    yield "not root", pod.get("runAsNonRoot") is True and container.get("runAsNonRoot") is not False, pod
    yield "the image's user", (pod.get("runAsUser"), pod.get("runAsGroup")) == (user, group), pod
    yield "seccomp profile of the runtime", pod.get("seccompProfile", {}).get("type") == "RuntimeDefault", pod
    yield "no privilege escalation", container.get("allowPrivilegeEscalation") is False, container
    yield "read-only root file system", container.get("readOnlyRootFilesystem") is True, container
    capabilities = container.get("capabilities", {})
    yield "no capabilities", capabilities.get("drop") == ["ALL"] and not capabilities.get("add"), capabilities
    yield "not privileged", not container.get("privileged"), container
    yield "nothing of the host", not any(overlay.pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), ""
    yield "one container", len(overlay.pod["containers"]) == 1 and not overlay.pod.get("initContainers"), ""
    yield "no API token", overlay.pod.get("automountServiceAccountToken") is False, ""
    account = overlay.only("ServiceAccount")
    yield "own service account", overlay.pod.get("serviceAccountName") == account["metadata"]["name"], ""
    yield "service account mounts no token", account.get("automountServiceAccountToken") is False, ""
    for namespace in overlay.all("Namespace"):
        level = namespace["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce")
        yield "namespace enforces restricted pods", level == "restricted", level


def probes(overlay, image):
    for probe, path in PROBES.items():
        request = overlay.container.get(probe, {}).get("httpGet", {})
        yield f"{probe} asks {path}", request.get("path") == path, request
        yield f"{probe} asks the management port", overlay.port(request.get("port")) == management_port(overlay), request


def listener_port(overlay):
    return overlay.setting("listener.port", 8080)


def management_port(overlay):
    return overlay.setting("listener.managementPort", 8081) or listener_port(overlay)


def shutdown(overlay, image):
    hook = overlay.container.get("lifecycle", {}).get("preStop", {})
    yield "preStop needs no program of the image", "exec" not in hook, hook
    needed = hook.get("sleep", {}).get("seconds", 0)
    needed += configuration.seconds(overlay.setting("listener.shutdownGrace", "25s"))
    grace = overlay.pod.get("terminationGracePeriodSeconds", 30)
    yield "grace period above preStop and shutdownGrace", grace > needed, f"{grace} s, needs more than {needed:g} s"


def resources(overlay, image):
    given = overlay.container.get("resources", {})
    yield "requests CPU and memory", {"cpu", "memory"} <= given.get("requests", {}).keys(), given
    yield "memory is limited", "memory" in given.get("limits", {}), given


def files(overlay, image):
    mount, volume, key = overlay.mounted_at(image.config_file) or ({}, {}, None)
    config_map = overlay.only("ConfigMap")
    yield "configuration where the image reads it", key in config_map["data"], image.config_file
    yield "configuration from the generated ConfigMap", (
        volume.get("configMap", {}).get("name") == config_map["metadata"]["name"] != "rollcall"), volume
    for setting, path in configuration.files(overlay.configuration).items():
        if setting == "directory.federatedTokenFile":
            continue  # put there by the webhook: workload_identity
        mount, volume, key = overlay.mounted_at(path) or ({}, {}, None)
        yield f"{setting} is in a Secret's volume", "secret" in volume, path
        yield f"{setting} is mounted as a folder, so that it can change", "subPath" not in mount, mount
        for secret in overlay.all("Secret"):
            yield f"{setting} is a key of the Secret", key in secret["stringData"], key
    state = overlay.setting("state.path", "")
    mount, volume, _ = overlay.mounted_at(state) or ({}, {}, None)
    yield "state on the volume claim", (volume.get("persistentVolumeClaim", {}).get("claimName")
                                        == overlay.only("PersistentVolumeClaim")["metadata"]["name"]), state
    yield "state in the image's folder", posixpath.dirname(state) == image.state_folder, state
    yield "a writable /tmp of limited size", overlay.mounts.get("/tmp", ({}, {}))[1].get("emptyDir", {}).get(
        "sizeLimit") is not None, ""
    for point, (mount, volume) in overlay.mounts.items():
        if "secret" in volume or "configMap" in volume:
            yield f"{point} is read-only", mount.get("readOnly") is True, mount
        if "secret" in volume:
            mode = volume["secret"].get("defaultMode", 0o644)
            yield f"{point} is readable by owner and group only", mode in (0o400, 0o440), oct(mode)
            yield f"{point} belongs to the user's group", (
                overlay.pod["securityContext"].get("fsGroup") == int(image.user.split(":")[1])), ""
        yield f"{point} is not of the host", "hostPath" not in volume, volume


def network(overlay, image):
    service = overlay.only("Service")["spec"]
    yield "service selects the pod", overlay.selects(service.get("selector")), service.get("selector")
    reached = {port["name"]: overlay.port(port["targetPort"]) for port in service["ports"]}
    yield "service reaches both ports of the listener", reached == {
        "http": listener_port(overlay), "management": management_port(overlay)}, service["ports"]
    yield "service is not exposed by itself", service.get("type", "ClusterIP") == "ClusterIP", service.get("type")
    yield "service takes Graph's validation call before readiness", service.get("publishNotReadyAddresses") is True, ""
    policy = overlay.only("NetworkPolicy")["spec"]
    yield "network policy selects the pod", overlay.selects(policy["podSelector"].get("matchLabels")), ""
    yield "network policy rules both directions", set(policy.get("policyTypes", [])) == {"Ingress", "Egress"}, ""
    for rule in policy["ingress"]:
        sources = rule.get("from", [])
        yield "ingress from labelled namespaces only", bool(sources) and all(
            source.get("namespaceSelector", {}).get("matchLabels") for source in sources), sources
        wanted = management_port(overlay) if "monitoring" in str(sources) else listener_port(overlay)
        yield "ingress to one port of the listener only", [
            overlay.port(port["port"]) for port in rule.get("ports", [])] == [wanted], rule.get("ports")
    egress = {(port["port"], port["protocol"]) for rule in policy["egress"] for port in rule.get("ports", [{
        "port": "any", "protocol": "any"}])}
    yield "egress to DNS and HTTPS only", egress == {(53, "UDP"), (53, "TCP"), (443, "TCP")}, egress


def pod_monitor(report, project, overlay):
    """The component for clusters with the Prometheus Operator, whose kinds no schema of Kubernetes has."""
    folder = project / "deploy/kubernetes/components/monitoring"
    resources = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    monitor = yaml.safe_load((folder / "podmonitor.yaml").read_text())
    report.expect("pod monitor: part of its component", resources == ["podmonitor.yaml"], resources)
    spec = monitor["spec"]
    report.expect("pod monitor: selects the pod", overlay.selects(spec["selector"]["matchLabels"]), spec)
    ports = [overlay.port(endpoint["port"]) for endpoint in spec["podMetricsEndpoints"]]
    report.expect("pod monitor: asks the management port", ports == [management_port(overlay)], ports)


def disruption(overlay, image):
    budget = overlay.only("PodDisruptionBudget")["spec"]
    yield "disruption budget selects the pod", overlay.selects(budget.get("selector", {}).get("matchLabels")), budget
    yield "disruption budget lets nodes drain", budget.get("maxUnavailable") == 1 and "minAvailable" not in budget, ""


def ingress(overlay, image):
    host = re.sub(r"^https://([^/]+).*", r"\1", overlay.setting("listener.publicUrl", ""))
    service = overlay.only("Service")
    for item in overlay.all("Ingress"):
        spec = item["spec"]
        yield "ingress host is publicUrl's", {rule.get("host") for rule in spec["rules"]} == {host}, host
        yield "ingress has TLS for its host", any(
            host in entry.get("hosts", []) and entry.get("secretName") for entry in spec.get("tls", [])), ""
        paths = [path for rule in spec["rules"] for path in rule["http"]["paths"]]
        yield "ingress exposes what Graph calls and nothing else", (
            {path["path"] for path in paths} == WEBHOOKS and "defaultBackend" not in spec), paths
        yield "ingress matches exactly", all(path["pathType"] == "Exact" for path in paths), paths
        targets = {(path["backend"]["service"]["name"], path["backend"]["service"]["port"].get("name"))
                   for path in paths}
        yield "ingress leads to the service", targets == {
            (service["metadata"]["name"], service["spec"]["ports"][0]["name"])}, targets
        size = item["metadata"].get("annotations", {}).get("nginx.ingress.kubernetes.io/proxy-body-size", "1m")
        yield "ingress takes bodies as large as Rollcall does", (
            int(size.removesuffix("m")) * 1048576 >= overlay.setting("listener.maxBodyBytes", 4194304)), size


def secrets(overlay, image):
    for secret in overlay.all("Secret"):
        values = {**secret.get("data", {}), **secret.get("stringData", {})}
        yield "the Secret holds placeholders", set(values.values()) == {"REPLACE_ME"}, sorted(values)
        used = {posixpath.basename(path) for path in configuration.files(overlay.configuration).values()}
        yield "the Secret holds nothing unused", values.keys() <= used, sorted(values.keys() - used)


def base(report, overlay):
    report.expect("base: no Secret", not overlay.all("Secret"))
    report.expect("base: no Ingress", not overlay.all("Ingress"))
    report.expect("base: no namespace", not overlay.all("Namespace") and not any(
        "namespace" in item["metadata"] for item in overlay.objects))


def workload_identity(report, overlay):
    labels = overlay.template["metadata"]["labels"]
    report.expect("workload-identity: the pod asks the webhook for a token",
                  labels.get("azure.workload.identity/use") == "true", str(labels))
    annotations = overlay.only("ServiceAccount")["metadata"].get("annotations", {})
    report.expect("workload-identity: the account names the configuration's client",
                  annotations.get("azure.workload.identity/client-id") == overlay.setting("directory.clientId"))
    report.expect("workload-identity: signs in with the webhook's token",
                  overlay.setting("directory.federatedTokenFile")
                  == "/var/run/secrets/azure/tokens/azure-identity-token")
