"""The Dockerfile: hadolint, and the facts that the manifests rely on."""

import json
import re
import shutil
import subprocess


class Dockerfile:
    def __init__(self, path):
        self.text = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", path.read_text()))
        self.stages = re.split(r"(?m)^(?=FROM )", self.text)[1:]

    def last(self, instruction):
        """The arguments of an instruction of the final stage, or None."""
        found = re.findall(rf"(?m)^{instruction}\s+(.*)$", self.stages[-1])
        return found[-1].strip() if found else None

    @property
    def user(self):
        return self.last("USER")

    @property
    def config_file(self):
        command = json.loads(self.last("CMD") or "[]")
        return command[command.index("--config") + 1] if "--config" in command else None

    @property
    def state_folder(self):
        return self.last("WORKDIR")

    @property
    def packages(self):
        """What apt installs into the final image."""
        found = re.search(r"apt-get install -y --no-install-recommends\s+(.*?)\s*&&", self.stages[-1])
        return found.group(1).split() if found else []


def check(report, project):
    path = project / "deploy/Dockerfile"
    image = Dockerfile(path)
    expect = report.expect
    expect("image: two stages", len(image.stages) == 2, str(len(image.stages)))
    expect("image: no base image is latest or untagged",
           all(re.match(r"FROM \S+:(?!latest)\S+", stage) for stage in image.stages))
    expect("image: a numeric user that is not root",
           bool(re.fullmatch(r"[1-9]\d*:[1-9]\d*", image.user or "")), str(image.user))
    expect("image: runs rollcall itself, no shell", image.last("ENTRYPOINT") == '["/usr/local/bin/rollcall"]')
    expect("image: serves the configuration by default", image.config_file is not None)
    expect("image: the state folder is a volume", image.last("VOLUME") == json.dumps([image.state_folder]))
    expect("image: stops on SIGTERM", image.last("STOPSIGNAL") == "SIGTERM")
    expect("image: exposes the default ports", image.last("EXPOSE") == "8080 8081")
    expect("image: certificate authorities are there", "ca-certificates" in image.packages)
    expect("image: nothing for building in the final stage",
           not any(package.endswith("-dev") for package in image.packages))
    expect("image: static standard library", "--static-swift-stdlib" in image.stages[0])
    ignored = (project / ".dockerignore").read_text().split("\n")
    expect("image: the build context is a list of what goes in", "*" in ignored and "!Sources" in ignored)

    if shutil.which("hadolint"):
        done = subprocess.run(["hadolint", str(path)], capture_output=True, text=True, timeout=60)
        expect("image: hadolint has nothing to say", done.returncode == 0, done.stdout + done.stderr)
    else:
        report.missing_tool("hadolint")
    return image
