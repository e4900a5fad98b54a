# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# More of road_lib.sh, for the scripts that put a real HTTPS provider on
# loopback: a private CA, names, nginx.
. "$(dirname "${BASH_SOURCE[0]}")/road_lib.sh"

CACHE=/var/cache/nhi
CA=/etc/nhi/idp-ca.pem
NGINX=$WORK/nginx

# new_key: options of openssl req for a key that costs nothing.
NEW_KEY=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

# make_ca: the private CA, known to the policy as $CA.
make_ca() {
	openssl req -x509 "${NEW_KEY[@]}" -days 2 -subj '/CN=private CA' \
	    -keyout "$WORK/ca.key" -out "$WORK/ca.pem" 2>/dev/null
	install -m 0644 "$WORK/ca.pem" "$CA"
}

# make_cert NAME: $WORK/NAME.pem and its key, of the private CA.
make_cert() {
	openssl req "${NEW_KEY[@]}" -subj "/CN=$1" -keyout "$WORK/$1.key" \
	    -out "$WORK/$1.csr" 2>/dev/null
	openssl x509 -req -in "$WORK/$1.csr" -CA "$WORK/ca.pem" \
	    -CAkey "$WORK/ca.key" -CAcreateserial -days 2 \
	    -extfile <(echo "subjectAltName = DNS:$1") \
	    -out "$WORK/$1.pem" 2>/dev/null
}

# listens PORT
listens() {
	{ : >"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null
}

deaf() {
	! listens "$1"
}

# nginx_start [HTTP-SETTING...]: with a server block on standard input, and
# behind the same port another one with another name, which only SNI tells
# apart.
nginx_start() {
	mkdir -p "$NGINX/html"
	cat >"$NGINX/conf" <<-END
	user www-data;
	worker_processes 1;
	pid $NGINX/pid;
	error_log $NGINX/error;
	events { worker_connections 64; }
	http {
	  access_log $NGINX/log;
	  default_type application/json;
	  client_body_temp_path $NGINX/body;
	  proxy_temp_path $NGINX/proxy;
	  fastcgi_temp_path $NGINX/fastcgi;
	  uwsgi_temp_path $NGINX/uwsgi;
	  scgi_temp_path $NGINX/scgi;
	  $*
	  server {
	    listen 8443 ssl default_server;
	    ssl_certificate $WORK/other.example.com.pem;
	    ssl_certificate_key $WORK/other.example.com.key;
	    return 404;
	  }
	  server {
	    listen 8443 ssl;
	    server_name idp.example.com;
	    ssl_certificate $WORK/idp.example.com.pem;
	    ssl_certificate_key $WORK/idp.example.com.key;
	    $(cat)
	  }
	}
	END
	sed -i "s/^user .*/user $(id -un nobody) $(id -gn nobody);/" \
	    "$NGINX/conf"
	chmod 755 "$WORK" "$NGINX" "$NGINX/html"
	nginx -c "$NGINX/conf" >"$OUT" 2>&1 && until_true 30 listens 8443 &&
		return 0
	not_ok 'nginx starts'
	finish
}

nginx_stop() {
	nginx -c "$NGINX/conf" -s stop 2>/dev/null
	until_true 30 deaf 8443
}

# The next login may ask again: as if the last attempt were longer ago.
later() {
	touch -d '-30 seconds' "$CACHE/idp.lock"
}

provider_names() {
	echo '127.0.0.1 idp.example.com other.example.com' >>/etc/hosts
	make_ca
	make_cert idp.example.com
	make_cert other.example.com
}
