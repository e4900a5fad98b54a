/* SPDX-License-Identifier: BSD-2-Clause */
/* Presets of what one runs oneself, and of what nothing is known of. */
#include "config.h"

#include "conf/preset_row.h"

#define K8S	"kubernetes.io\n"

const struct nhi_preset nhi_preset_kubernetes = {
	.name = "kubernetes", .title = "Kubernetes service accounts",
	.urls = { "https://<server:rest>" },
	.algs = NHI_PRESET_RS | NHI_PRESET_ES,
	.algs_default = NHI_ALG_RS256 | NHI_PRESET_ES,
	/* Legacy mounted tokens live a year: over the limit. */
	.max_lifetime = 24 * NHI_PRESET_HOUR,
	.job_audience = true, .jti = true, .need_iss = true, .need_iat = true,
	.anchors = { K8S "serviceaccount\nuid",
	    K8S "namespace&" K8S "serviceaccount\nname", "sub" },
	.immutable = { K8S "pod\nuid", K8S "node\nuid" },
	.mutable = { K8S "namespace", K8S "serviceaccount\nname",
	    K8S "pod\nname", K8S "node\nname", K8S "warnafter" },
	.integers = { K8S "warnafter" },
	.foreign = { "sts.amazonaws.com", "api://AzureADTokenExchange" },
	.provenance = { K8S "namespace", K8S "serviceaccount\nname",
	    K8S "serviceaccount\nuid", K8S "pod\nname", K8S "pod\nuid",
	    K8S "node\nname" },
	.audience = "the pod's definition, or the job by TokenRequest",
	.obtain = "a projected volume with serviceAccountToken: audience: "
	    "AUDIENCE, then cat its file; or kubectl create token NAME "
	    "--audience AUDIENCE --duration 10m",
	.kid = "SHA-256 of the key, 43 characters",
	.quirks = { "Each cluster is an issuer of its own, whose URL is often "
	    "good inside it only: pin its keys with jwks_file.",
	    "Claims are in one whose name is \"kubernetes.io\": claim = "
	    "[ \"kubernetes.io\", \"namespace\" ].",
	    "Tokens have no typ; before 1.29 no jti and no node.",
	    "The kubelet gives one token out until 80 % of its life are "
	    "over." },
	.start = { { K8S "serviceaccount\nuid",
	    "\"@FILL serviceaccount_uid@\"" },
	    { K8S "namespace", "\"@FILL namespace@\"" },
	    { K8S "serviceaccount\nname", "\"@FILL serviceaccount@\"" } },
};

const struct nhi_preset nhi_preset_spiffe = {
	.name = "spiffe", .title = "SPIFFE JWT-SVIDs (SPIRE)",
	.urls = { "spiffe://<trust_domain:word>", "https://<server:rest>" },
	.algs = NHI_PRESET_RS | NHI_PRESET_ES | NHI_PRESET_PS,
	.algs_default = NHI_PRESET_RS | NHI_PRESET_ES | NHI_PRESET_PS,
	.max_lifetime = NHI_PRESET_HOUR,
	.job_audience = true,
	/* Only sub, aud and exp are mandatory (JWT-SVID 3). */
	.need_iss = false, .need_iat = false,
	.anchors = { "sub" },
	.provenance = { "sub" },
	.audience = "the job, in its request for the token",
	.obtain = "spire-agent api fetch jwt -audience AUDIENCE -socketPath "
	    "/run/spire/sockets/agent.sock",
	.kid = "32 characters; need not be there where one key fits",
	.quirks = { "url is the trust domain, spiffe://example.com: tokens "
	    "without iss are taken, if sub is below it.  Where SPIRE has a "
	    "jwt_issuer, url is that one and iss must be it.",
	    "iat and nbf may be missing, unless max_age or not_before asks "
	    "for iat; there is no jti.",
	    "Keys of a bundle have the use \"jwt-svid\"; others beside them "
	    "are passed over." },
	.start = { { "sub", "\"spiffe://@FILL trust_domain@/"
	    "@FILL path@\"" } },
};

const struct nhi_preset nhi_preset_vault = {
	.name = "vault", .title = "HashiCorp Vault identity tokens",
	.urls = { "https://<server:word>/v1/identity/oidc",
	    "https://<server:word>/v1/<namespace:rest>/identity/oidc" },
	.algs = NHI_PRESET_RS | NHI_PRESET_ES | NHI_ALG_EDDSA,
	.algs_default = NHI_PRESET_RS | NHI_PRESET_ES | NHI_ALG_EDDSA,
	.max_lifetime = 24 * NHI_PRESET_HOUR,
	.need_iss = true, .need_iat = true,
	.anchors = { "sub" },
	.mutable = { "namespace" },
	.provenance = { "sub", "namespace", "username" },
	.audience = "who defines the role: its client_id",
	.obtain = "vault read -field=token identity/oidc/token/ROLE",
	.kid = "a UUID",
	.quirks = { "url has the port and the path: "
	    "https://vault.example.com:8200/v1/identity/oidc.",
	    "sub is the entity's id, a person's or a machine's: give the host "
	    "a role of its own that machines alone may read.",
	    "A role's template adds claims of any name and depth, of which "
	    "nothing is known here.",
	    "There is no jti." },
	.start = { { "sub", "\"@FILL entity_id@\"" } },
};

const struct nhi_preset nhi_preset_custom = {
	.name = "custom", .title = "Any other issuer",
	.urls = { "https://<server:rest>" },
	.algs = NHI_ALG_ALL, .algs_default = NHI_ALG_ALL,
	.max_lifetime = 24 * NHI_PRESET_HOUR,
	.job_audience = true, .need_iss = true, .need_iat = true,
	.any_anchor = true,
	.provenance = { "sub", "azp", "client_id" },
	.audience = "not known",
	.obtain = "not known",
	.kid = "any",
	.quirks = { "Nothing is known of its claims: whether another can come "
	    "to have a value, or a person's token has it too, is for you to "
	    "find out." },
	.start = { { "sub", "\"@FILL sub@\"" } },
};
