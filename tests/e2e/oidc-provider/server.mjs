// SPDX-License-Identifier: BSD-2-Clause
// A certified OpenID provider as it comes, for tests:
//	node server.mjs ISSUER CERT KEY SECRET
// Clients bot-es256, bot-rs256, ... get by client_credentials a JWT access
// token for the resource they name, signed with that algorithm; "other" gets
// one that no policy of the tests knows.  Its keys are new at each start.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

import Provider from 'oidc-provider';

const [issuer, cert, key, secret] = process.argv.slice(2);
const algorithms = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'];

function make(...how) {
	const jwk = generateKeyPairSync(...how).privateKey
		.export({ format: 'jwk' });
	return { ...jwk, use: 'sig' };
}

function client(id) {
	return {
		client_id: id,
		client_secret: secret,
		grant_types: ['client_credentials'],
		redirect_uris: [],
		response_types: [],
	};
}

const provider = new Provider(issuer, {
	clients: [...algorithms.map((a) => client(`bot-${a.toLowerCase()}`)),
		client('other')],
	enabledJWA: {
		idTokenSigningAlgValues: algorithms,
	},
	features: {
		clientCredentials: { enabled: true },
		devInteractions: { enabled: false },
		resourceIndicators: {
			enabled: true,
			getResourceServerInfo(ctx, resource, { clientId }) {
				return {
					scope: 'login',
					accessTokenTTL: 300,
					accessTokenFormat: 'jwt',
					jwt: { sign: { alg: algorithms.find((a) =>
						clientId.endsWith(a.toLowerCase())) ??
						'ES256' } },
				};
			},
		},
	},
	jwks: {
		keys: [
			make('ec', { namedCurve: 'P-256' }),
			make('ec', { namedCurve: 'P-384' }),
			make('rsa', { modulusLength: 2048 }),
			make('ed25519'),
		],
	},
});

createServer({ cert: readFileSync(cert), key: readFileSync(key) },
	provider.callback()).listen(Number(new URL(issuer).port), '127.0.0.1');
