"""rollcall.yaml against the list of keys, and the rules that span several keys."""

import pathlib
import re

DURATION = re.compile(r"^(\d+(\.\d+)?(ms|s|m|h|d))+$")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)
URL = re.compile(r"^(https?|smtps?)://[^/\s]+")
TYPES = {
    "uuid": lambda value: isinstance(value, str) and UUID.match(value),
    "url": lambda value: isinstance(value, str) and URL.match(value),
    "file": lambda value: isinstance(value, str) and value.startswith("/"),
    "text": lambda value: isinstance(value, str),
    "texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "map": lambda value: isinstance(value, dict),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "duration": lambda value: isinstance(value, str) and DURATION.match(value),
}


def known_keys():
    """Path -> (type, required)."""
    keys = {}
    for line in (pathlib.Path(__file__).parent.parent / "configuration-keys.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            path, kind, *required = line.split()
            keys[path] = (kind, bool(required))
    return keys


def environment_name(path):
    """`xmatters.maxConcurrentRequests` -> `ROLLCALL_XMATTERS_MAX_CONCURRENT_REQUESTS`."""
    return "ROLLCALL_" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path).replace(".", "_").upper()


def seconds(duration):
    return sum(float(number) * SECONDS[unit] for number, unit in re.findall(r"([\d.]+)(ms|[smhd])", duration))


def value_at(configuration, path, default=None):
    for part in path.split("."):
        if not isinstance(configuration, dict) or part not in configuration:
            return default
        configuration = configuration[part]
    return configuration


def leaves(node, keys, path=""):
    """Every (path, value) that the list of keys should name."""
    if isinstance(node, dict) and keys.get(path, ("",))[0] != "map":
        for key, value in node.items():
            yield from leaves(value, keys, f"{path}.{key}" if path else key)
    elif isinstance(node, list) and any(isinstance(item, dict) for item in node):
        for item in node:
            yield from leaves(item, keys, path + "[]")
    else:
        yield path, node


def files(configuration):
    """Path -> file name, of every secret or certificate that the configuration reads."""
    keys = known_keys()
    return {path: value for path, value in leaves(configuration, keys) if keys.get(path, ("",))[0] == "file"}


def problems(configuration):
    keys = known_keys()
    for path, value in leaves(configuration, keys):
        kind = keys.get(path, (None,))[0]
        if kind is None:
            yield f"unknown key {path}"
        elif not (TYPES[kind](value) if kind in TYPES else value in kind.split("|")):
            yield f"{path}: {value!r} is not {kind}"
    for path, (_, required) in keys.items():
        if required and value_at(configuration, path) is None:
            yield f"{path} is missing"
    yield from exactly_one(configuration, "directory", "clientSecretFile", "certificateFile", "federatedTokenFile")
    yield from exactly_one(configuration, "directory.application", "appId", "servicePrincipalId")
    if value_at(configuration, "listener.publicUrl") and not value_at(configuration, "listener.clientStateFile"):
        yield "listener.publicUrl needs listener.clientStateFile"


def exactly_one(configuration, section, *names):
    given = [name for name in names if value_at(configuration, f"{section}.{name}") is not None]
    if len(given) != 1:
        yield f"{section} needs exactly one of {', '.join(names)}, has {', '.join(given) or 'none'}"
