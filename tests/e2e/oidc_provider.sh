#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A certified OpenID provider, with its own keys, discovery document and
# tokens, as issuer of a host: by nothing but its url.
. "$(dirname "$0")/provider_lib.sh"

URL=https://idp.example.com:8443
HOST=ssh://web-1.example.com
FROM=$BUILD/oidc-provider
SECRET=0123456789abcdef0123456789abcdef

if [ ! -e "$FROM/installed" ]; then
	skip 'a certified OpenID provider is accepted' \
	    "$(cat "$FROM/why" 2>/dev/null || echo 'it was not prepared')"
	finish
fi

provider_start() {
	mkdir -p "$WORK/app"
	cp "$E2E/oidc-provider/server.mjs" "$WORK/app/"
	ln -sfn "$FROM/node_modules" "$WORK/app/node_modules"
	NODE_ENV=production node "$WORK/app/server.mjs" "$URL" \
	    "$WORK/idp.example.com.pem" "$WORK/idp.example.com.key" \
	    "$SECRET" >"$WORK/app/log" 2>&1 &
	PROVIDER=$!
	until_true 60 listens 8443 && return 0
	cp "$WORK/app/log" "$OUT"
	not_ok 'the provider starts'
	finish
}

provider_stop() {
	kill "$PROVIDER" && wait "$PROVIDER" 2>/dev/null
}

# ask CLIENT [RESOURCE]: what a job does: an access token from the provider.
ask() {
	/usr/bin/python3 - "$URL" "$CA" "$SECRET" "$@" <<-'END'
	import base64, json, ssl, sys, urllib.parse, urllib.request
	url, ca, secret, client, *resource = sys.argv[1:]
	context = ssl.create_default_context(cafile=ca)
	with urllib.request.urlopen(
	        url + "/.well-known/openid-configuration", context=context) as f:
	    end = json.load(f)["token_endpoint"]
	form = {"grant_type": "client_credentials", "scope": "login"}
	if resource:
	    form["resource"] = resource[0]
	else:
	    del form["scope"]
	login = base64.b64encode(("%s:%s" % (client, secret)).encode()).decode()
	request = urllib.request.Request(
	    end, urllib.parse.urlencode(form).encode(),
	    {"Authorization": "Basic " + login})
	with urllib.request.urlopen(request, context=context) as f:
	    sys.stdout.write(json.load(f)["access_token"])
	END
}

# refused NAME PUBLIC REASON
refused() {
	try "$1" 77 "^nhi: refused: $2 " trade_file k bot "$WORK/token"
	is "$1: with its reason" "$3" "$(audit_last cert.deny | field reason)"
}

provider_names
apply 'a policy that knows a url' <<-END
version = 1;
host = { id = "web-1.example.com"; };
issuers = ( { name = "idp"; preset = "custom"; url = "$URL";
  audience = [ "$HOST" ]; ca_file = "$CA"; } );
identities = ( { name = "bot"; owner = "alice@example.com";
  purpose = "a test"; expires = "2099-12-31"; issuer = "idp"; account = "bot";
  match = ( { claim = "client_id"; prefix = "bot-"; },
    { claim = "scope"; is = "login"; } ); } );
END
provider_start
key k
for alg in ES256 RS256 PS256 EdDSA; do
	ask "bot-${alg,,}" $HOST >"$WORK/token" 2>"$OUT" ||
		not_ok "$alg: a token"
	try "$alg: a certificate for its token" 0 '^nhi: issued: ' \
	    trade_file k bot "$WORK/token"
	is "$alg: it is what the token was signed with" "$alg bot-${alg,,}" \
	    "$(audit_last cert.issue | tee "$WORK/record" | field alg) $(
	    field subject <"$WORK/record")"
	is "$alg: the certificate logs in" bot "$(login k bot id -un 2>"$OUT")"
done
is 'its keys were fetched once' 1 \
    "$(nhictl audit --json --event fetch.ok | wc -l)"

ask bot-es256 ssh://web-2.example.com >"$WORK/token"
refused "another host's token" token audience
ask bot-es256 >"$WORK/token"
refused 'a token that is opaque' input not-compact
ask other $HOST >"$WORK/token"
refused "another client's token" policy no-match

provider_stop
provider_start
later
ask bot-es256 $HOST >"$WORK/token"
try 'it starts anew with other keys, and the next login works' 0 \
    '^nhi: issued: ' trade_file k bot "$WORK/token"
provider_stop
trail_valid
finish
