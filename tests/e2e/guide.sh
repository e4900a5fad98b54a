#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# lab: LAB_BARE=1
# doc/guide.md from its first command to its last, on a host without NHI.  The
# network that it needs is a provider in the lab that has GitHub's name.
. "$(dirname "$0")/nhi_lib.sh"

GITHUB=token.actions.githubusercontent.com
make_runner
mkdir -p "$BOX" "$WORK/clone"

# What ./run lab has built already; there is no network to build it here.
printf '#!/bin/sh\n[ "$*" = build ]\n' >"$WORK/clone/run"
chmod +x "$WORK/clone/run"
ln -s "$BUILD" "$WORK/clone/build"

# GitHub's name, certificate and keys, in the lab alone.
echo "127.0.0.1 $GITHUB" >>/etc/hosts
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -keyout "$WORK/tls.key" -out "$WORK/tls.pem" -subj "/CN=$GITHUB" \
    -addext "subjectAltName=DNS:$GITHUB" 2>/dev/null
cat "$WORK/tls.pem" >>/etc/ssl/certs/ca-certificates.crt
/usr/bin/python3 "$E2E/mint.py" keys --dir /root/issuer --kind rs256
cp /root/issuer/jwks.json "$BOX/jwks.json"
/usr/bin/python3 "$E2E/provider.py" --dir "$BOX" --port 443 \
    --cert "$WORK/tls.pem" --key "$WORK/tls.key" --name $GITHUB &
PROVIDER=$!

# The endpoint at which a job asks for its token.
/usr/bin/python3 - "$E2E" <<'END' >"$WORK/endpoint.log" 2>&1 &
import http.server, json, subprocess, sys, urllib.parse
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(
            urllib.parse.urlsplit(self.path).query))
        token = subprocess.run(
            ["/usr/bin/python3", sys.argv[1] + "/mint.py", "token", "--set",
             "aud=" + json.dumps(query["audience"])], check=True,
            stdout=subprocess.PIPE).stdout.decode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"value": token}).encode())
http.server.HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
END
ENDPOINT=$!
cat >/usr/bin/systemctl <<'END'
#!/bin/sh
[ "$(id -u)" = 0 ] && echo "${1}ed $2"
END
chmod 0755 /usr/bin/systemctl

# The administrator's own login, which confirms the setup.
install -d -m 0700 /root/.ssh
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys

# A job: the host's key is known to the machine; a token for the three lines.
cat >"$WORK/job" <<END
#!/bin/bash
cd $RUNNER && exec setpriv --reuid runner --regid runner --clear-groups \
    env -i HOME=$RUNNER PATH=/usr/bin:/bin XDG_RUNTIME_DIR=$RUNNER/run \
    ACTIONS_ID_TOKEN_REQUEST_TOKEN=$HELD \
    ACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1:8000/ \
    OIDC_TOKEN="\$(/usr/bin/python3 "$E2E/mint.py" token)" \
    OTHER_TOKEN="\$(/usr/bin/python3 "$E2E/mint.py" token \
    --set 'repository_id="99"')" bash -s
END
chmod +x "$WORK/job"
until_true 60 curl -sf "https://$GITHUB/keys"
until_true 60 curl -sf "http://127.0.0.1:8000/?audience=x"

/usr/bin/python3 "$E2E/guide.py" - - --self || FAILED=$((FAILED + 1))
/usr/bin/python3 "$E2E/guide.py" /src/doc/guide.md "$WORK/clone" "$WORK/job" ||
	FAILED=$((FAILED + 1))
kill $PROVIDER $ENDPOINT
finish
