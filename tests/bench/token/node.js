// SPDX-License-Identifier: BSD-2-Clause
// jsonwebtoken: node.js DIR KIND [prebuilt].  NODE_PATH says where it is.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const jwt = require('jsonwebtoken');

const [dir, kind, how] = process.argv.slice(2);
const jwks = fs.readFileSync(dir + '/jwks.json', 'utf8');
const token = fs.readFileSync(dir + '/token', 'utf8');
const options = {
	algorithms: [kind.toUpperCase()],
	audience: 'ssh://web-1.example.com',
	issuer: 'https://token.actions.githubusercontent.com',
};

function make() {
	const kid = jwt.decode(token, { complete: true }).header.kid;
	const key = JSON.parse(jwks).keys.find((k) => k.kid === kid);

	return crypto.createPublicKey({ key, format: 'jwk' });
}

const kept = how === 'prebuilt' ? make() : null;

function turn(n) {
	const start = process.cpuUsage();
	for (let i = 0; i < n; i++)
		jwt.verify(token, kept || make(), options);
	const used = process.cpuUsage(start);
	console.log((used.user + used.system) * 1000 / n);
}

require('readline').createInterface({ input: process.stdin })
	.on('line', (line) => turn(Number(line)));
