"""A registry that refuses in every way: what to say is in the repository's name. Standard library only.

``error_registry.py ADDRESS PORT`` runs it; it prints a line when it listens and ends when its input is closed.
"""

from __future__ import annotations

import http.server
import json
import sys
import threading

#: Status, code and message of the answer for a repository.
ANSWERS = {
    "limited": (429, "TOOMANYREQUESTS", "You have reached your pull rate limit."),
    "denied": (403, "DENIED", "requested access to the resource is denied"),
    "hidden": (404, "DENIED", "requested access to the resource is denied"),
    "untagged": (404, "MANIFEST_UNKNOWN", "manifest unknown"),
    "locked": (401, "UNAUTHORIZED", "authentication required"),
}
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DIGEST = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
FOREIGN = {
    "schemaVersion": 2,
    "mediaType": LIST,
    "manifests": [
        {
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "size": 2,
            "digest": DIGEST,
            "platform": {"architecture": "s390x", "os": "linux"},
        }
    ],
}


class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name = self.path.removeprefix("/v2/").split("/")[0]
        if name in ANSWERS:
            status, code, message = ANSWERS[name]
            said = {"code": code, "message": message}
            if name == "hidden":
                # With details, as the Hub gives them, engines word it themselves.
                said["detail"] = name
            self.give(status, {"errors": [said]})
        elif name == "foreign":
            self.give(200, FOREIGN, LIST)
        else:
            self.give(200, {})

    def do_HEAD(self) -> None:
        self.do_GET()

    def give(self, status: int, value: object, kind: str = "application/json") -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()
