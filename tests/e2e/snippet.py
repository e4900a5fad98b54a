#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes shell scripts of the snippets in client/snippets, as their platforms
would: what a job declares, it gets.

  snippet.py SNIPPETS STANDIN OUT
      OUT/FILE.JOB.sh for each job; a token that is a file is put in its place
"""
import json
import os
import re
import shlex
import sys
import urllib.parse
import urllib.request

import yaml

HERE, STANDIN, OUT = sys.argv[1:]
HELD = "held-by-the-job"


def token(preset, audience=None):
    query = {"preset": preset}
    if audience:
        query["audience"] = audience
    with urllib.request.urlopen("%s/mint?%s" % (
            STANDIN, urllib.parse.urlencode(query))) as f:
        return f.read().decode()


def load(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        text = f.read()
    return yaml.safe_load(text) if name.endswith(".yml") else text


def variables(*places):
    """Of a workflow's env; ${{ vars.X }} is X of the platform."""
    out = {}
    for place in places:
        for name, value in place.get("env", {}).items():
            found = re.fullmatch(r"\$\{\{ vars\.(\w+) \}\}", value)
            out[name] = "$" + found.group(1) if found else value
    return out


def actions(name, allowed):
    work = load(name + ".yml")
    for job, body in work["jobs"].items():
        env = variables(work, body)
        if allowed(work, body):
            env.update(ACTIONS_ID_TOKEN_REQUEST_TOKEN=HELD,
                       ACTIONS_ID_TOKEN_REQUEST_URL="%s/%s?v=2" %
                       (STANDIN, name))
        yield job, env, "\n".join(s["run"] for s in body["steps"]
                                  if "run" in s)


def github():
    return actions("github", lambda work, job: job.get(
        "permissions", {}).get("id-token") == "write")


def forgejo():
    return actions("forgejo", lambda work, job: work.get(
        "enable-openid-connect") is True)


def gitlab():
    for job, body in load("gitlab.yml").items():
        env = {name: token("gitlab", t["aud"])
               for name, t in body["id_tokens"].items()}
        yield job, dict(env, GITLAB_CI="true"), "\n".join(body["script"])


def circleci():
    for job, body in load("circleci.yml")["jobs"].items():
        runs = [s["run"] for s in body["steps"] if "run" in s]
        yield job, {"CIRCLECI": "true"}, "\n".join(
            r if isinstance(r, str) else r["command"] for r in runs)


def buildkite():
    for step in load("buildkite.yml")["steps"]:
        lines = step["command"]
        lines = [lines] if isinstance(lines, str) else lines
        # The agent's own substitution makes $ of $$.
        yield step["label"], {
            "BUILDKITE": "true", "BUILDKITE_AGENT_ACCESS_TOKEN": HELD}, \
            "\n".join(lines).replace("$$", "$")


def bitbucket():
    for item in load("bitbucket.yml")["pipelines"]["branches"]["main"]:
        step, env = item["step"], {}
        if step.get("oidc"):
            env["BITBUCKET_STEP_OIDC_TOKEN"] = token(
                "bitbucket", step["oidc"]["audiences"][0])
        yield step["name"], env, "\n".join(step["script"])


def jenkins():
    text = load("Jenkinsfile")
    for stage, variable, script in re.findall(
            r"stage\('([\w-]+)'\).*?variable: '(\w+)'.*?sh '''(.*?)'''",
            text, flags=re.S):
        # Groovy's string.
        yield stage, {variable: token("jenkins", "ssh://web-1.example.com")}, \
            script.replace("\\\\", "\\")


def kubernetes():
    pod = load("kubernetes.yml")["spec"]["template"]["spec"]
    volumes = {v["name"]: v for v in pod["volumes"]}
    for box in pod["containers"]:
        for mount in box["volumeMounts"]:
            source = volumes[mount["name"]]["projected"]["sources"][0]
            source = source["serviceAccountToken"]
            os.makedirs(mount["mountPath"], exist_ok=True)
            with open(os.path.join(mount["mountPath"], source["path"]), "w",
                      encoding="ascii") as f:
                f.write(token("kubernetes", source["audience"]))
        env = {e["name"]: "$NHI_KNOWN_HOSTS" for e in box["env"]}
        yield box["name"], env, " ".join(map(shlex.quote, box["command"]))


def terraform():
    text = load("terraform-cloud.tf")
    tag, audience = re.search(
        r"TFC_WORKLOAD_IDENTITY_AUDIENCE_(\w+) = (\S+)", text).groups()
    for n, line in enumerate(re.findall(r'^ +command = (".*")$', text,
                                        flags=re.M)):
        yield str(n), {"TFC_WORKLOAD_IDENTITY_TOKEN_" + tag:
                       token("terraform-cloud", audience)}, json.loads(line)


def machine(name):
    text = load(name + ".sh")
    known = "mkdir -p ~/.ssh\nprintf '%s\\n' \"$NHI_KNOWN_HOSTS\" " \
        ">~/.ssh/known_hosts\n"
    yield "ssh-alone", {}, known + text
    for line in re.findall("^# or: (.*)", text, flags=re.M):
        yield "nhi-login", {}, known + line


def main():
    made = {"github": github(), "forgejo": forgejo(), "gitlab": gitlab(),
            "circleci": circleci(), "buildkite": buildkite(),
            "bitbucket": bitbucket(), "jenkins": jenkins(),
            "kubernetes": kubernetes(), "terraform": terraform(),
            "gcp": machine("gcp"), "aws": machine("aws"),
            "azure": machine("azure")}
    for name, jobs in made.items():
        for job, env, script in jobs:
            with open(os.path.join(OUT, "%s.%s.sh" % (name, job)), "w",
                      encoding="utf-8") as f:
                for key, value in env.items():
                    f.write("export %s=%s\n" % (key, '"%s"' % value if
                            value.startswith("$") else shlex.quote(value)))
                if "NHI_KNOWN_HOSTS" not in env and name in (
                        "github", "forgejo"):
                    f.write("unset NHI_KNOWN_HOSTS\n")
                f.write("set -e\n%s\n" % script)


main()
