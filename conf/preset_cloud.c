/* SPDX-License-Identifier: BSD-2-Clause */
/* Presets of clouds. */
#include "config.h"

#include "conf/preset_row.h"

#define GCE	"google\ncompute_engine\n"

const struct nhi_preset nhi_preset_gcp = {
	.name = "gcp", .title = "Google Cloud service accounts",
	.url = "https://accounts.google.com",
	.urls = { "https://accounts.google.com" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	.max_lifetime = NHI_PRESET_HOUR,
	.job_audience = true, .need_iss = true, .need_iat = true,
	.anchors = { "sub", "azp", GCE "instance_id",
	    GCE "project_number" },
	.immutable = { GCE "project_id", GCE "instance_creation_timestamp",
	    GCE "license_id" },
	/* A service account's address can be made again. */
	.mutable = { "email", "email_verified", GCE "instance_name",
	    GCE "zone", GCE "instance_confidentiality" },
	.integers = { GCE "project_number",
	    GCE "instance_creation_timestamp",
	    GCE "instance_confidentiality" },
	.booleans = { "email_verified" },
	.lists = { GCE "license_id" },
	.machine = { GCE "instance_id=<id:rest>",
	    GCE "project_id=<id:rest>", GCE "project_number=<id:rest>",
	    "email=<name:word>.gserviceaccount.com&email_verified=true" },
	.provenance = { "sub", "email", GCE "project_id",
	    GCE "instance_id", GCE "instance_name", GCE "zone" },
	.audience = "the job, in its request for the token",
	.obtain = "curl -sSf -H 'Metadata-Flavor: Google' 'http://metadata."
	    "google.internal/computeMetadata/v1/instance/service-accounts/"
	    "default/identity?audience=AUDIENCE&format=full'",
	.kid = "40 hex digits; two keys",
	.quirks = { "The same issuer signs people in: match email with "
	    "email_verified, or a claim of google/compute_engine.",
	    "email and google/compute_engine need format=full; "
	    "google/compute_engine is in tokens of instances only.",
	    "Ids are strings, but project_number is a number.",
	    "The metadata server gives one token out for up to an hour; there "
	    "is no nbf and no jti.",
	    "Its keys are at https://www.googleapis.com, not at the issuer." },
	.start = { { "sub", "\"@FILL unique_id@\"" },
	    { "email", "\"@FILL email@\"" },
	    { "email_verified", "true" } },
};

const struct nhi_preset nhi_preset_azure = {
	.name = "azure", .title = "Azure managed identities (Entra ID)",
	.urls = { "https://login.microsoftonline.com/<tenant:uuid>/v2.0",
	    "https://sts.windows.net/<tenant:uuid>/" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	/* A managed identity's live 24 hours and five minutes. */
	.max_lifetime = 24 * NHI_PRESET_HOUR + 15 * NHI_PRESET_MINUTE,
	.need_iss = true, .need_iat = true,
	/* A tenant has people too: its id alone ties nothing down. */
	.anchors = { "oid", "sub", "xms_mirid" },
	.immutable = { "tid", "appid", "azp" },
	.mutable = { "idtyp", "appidacr", "azpacr", "idp", "roles", "groups",
	    "ver" },
	.lists = { "roles", "groups" },
	.machine = { "idtyp=app", "sub=<object:uuid>",
	    "xms_mirid=/subscriptions/<path:rest>" },
	.foreign = { "https://management.azure.com<path:rest>",
	    "https://management.azure.com",
	    "https://graph.microsoft.com<path:rest>",
	    "https://graph.microsoft.com", "https://vault.azure.net",
	    "https://storage.azure.com<path:rest>" },
	.provenance = { "tid", "oid", "appid", "azp", "xms_mirid",
	    "uti", "ver" },
	.audience = "the job, among the applications that are registered in "
	    "the tenant: register one for the host",
	.obtain = "curl -sSf -H Metadata:true 'http://169.254.169.254/"
	    "metadata/identity/oauth2/token?api-version=2018-02-01&"
	    "resource=AUDIENCE' | jq -r .access_token",
	.kid = "27 characters, and again as x5t",
	.quirks = { "The registered application decides between v1, issuer "
	    "https://sts.windows.net/<tenant>/ (the slash at its end counts), "
	    "and v2.",
	    "aud is the resource as asked for in v1, the application's UUID "
	    "in v2.",
	    "The same issuer signs people in, also through an application of "
	    "yours: appid or azp alone lets them in.  idtyp is \"app\" and a "
	    "sub that is a UUID are never a person's.",
	    "In an AKS pod, AZURE_FEDERATED_TOKEN_FILE is a token of the "
	    "cluster: preset kubernetes.",
	    "One token is given out for up to a day; there is no jti." },
	/* What aud is in v2. */
	.start_audience = "@FILL application_id@",
	.start = { { "oid", "\"@FILL object_id@\"" },
	    { "sub", "\"@FILL object_id@\"" },
	    { "tid", "\"@FILL tenant@\"" } },
};

#define STS	"https://sts.amazonaws.com/\n"
#define K8S	"kubernetes.io\n"

const struct nhi_preset nhi_preset_aws = {
	.name = "aws", .title = "AWS: STS web identity tokens, and EKS pods",
	.urls = { "https://<account_uuid:uuid>.tokens.sts.global.api.aws",
	    "https://oidc.eks.<region:word>.amazonaws.com/id/<cluster:hex>" },
	.algs = NHI_ALG_ES384 | NHI_ALG_RS256,
	.algs_default = NHI_ALG_ES384 | NHI_ALG_RS256,
	/* STS at most 1 h, a pod's 24 h unless annotated. */
	.max_lifetime = 24 * NHI_PRESET_HOUR,
	.job_audience = true, .jti = true, .need_iss = true, .need_iat = true,
	/* A role of an account of one's own; the issuer is the account's. */
	.anchors = { "sub", K8S "serviceaccount\nuid",
	    K8S "namespace&" K8S "serviceaccount\nname" },
	.immutable = { STS "aws_account", STS "org_id",
	    STS "ec2_source_instance_arn", STS "lambda_source_function_arn",
	    STS "ec2_instance_source_vpc", K8S "pod\nuid", K8S "node\nuid" },
	.mutable = { STS "principal_tags\n*", STS "request_tags\n*",
	    STS "source_region", STS "ou_path",
	    STS "ec2_role_delivery", STS "original_session_exp",
	    STS "ec2_instance_source_private_ipv4", K8S "namespace",
	    K8S "serviceaccount\nname", K8S "pod\nname", K8S "node\nname" },
	/* Users sign in to AWS too. */
	.machine = { "sub=arn:<partition:word>:iam::<account:digits>:role/"
	    "<role:rest>",
	    "sub=system:serviceaccount:<name:word>",
	    K8S "serviceaccount\nuid=<id:rest>",
	    K8S "serviceaccount\nname=<name:rest>" },
	.foreign = { "sts.amazonaws.com" },
	.provenance = { "sub", STS "aws_account", STS "source_region",
	    STS "ec2_source_instance_arn", K8S "namespace",
	    K8S "serviceaccount\nname", K8S "pod\nname", K8S "pod\nuid" },
	.audience = "the job in its request (STS), the pod's definition (EKS)",
	.obtain = "aws sts get-web-identity-token --audience AUDIENCE "
	    "--signing-algorithm ES384 --duration-seconds 300 --query "
	    "WebIdentityToken --output text; in EKS, a projected volume",
	.kid = "EC384_0 or RSA_0 for every account (STS), 40 hex digits (EKS)",
	.quirks = { "Each AWS account, and each EKS cluster, is an issuer of "
	    "its own; all accounts use the same key ids.",
	    "Claims of STS are in one whose name is "
	    "\"https://sts.amazonaws.com/\"; tags are below it in "
	    "principal_tags and request_tags.",
	    "sub is the role, without the session; people who sign in by SSO "
	    "have roles too (aws-reserved/sso.amazonaws.com): never name "
	    "those.",
	    "A pod's token for sts.amazonaws.com is one for AWS: project one "
	    "with the host's audience." },
	.start = { { "sub", "\"arn:aws:iam::@FILL account_number@:role/"
	    "@FILL role@\"" } },
};
