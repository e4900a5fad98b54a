/* SPDX-License-Identifier: BSD-2-Clause */
/* Presets of platforms that keep the code and run its pipelines. */
#include "config.h"

#include "conf/preset_row.h"

const struct nhi_preset nhi_preset_github = {
	.name = "github", .title = "GitHub Actions",
	.url = "https://token.actions.githubusercontent.com",
	.urls = { "https://token.actions.githubusercontent.com",
	    "https://token.actions.githubusercontent.com/<enterprise:word>",
	    "https://<server:word>/_services/token" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	/* Tokens live 5 minutes, some 10. */
	.max_lifetime = 15 * NHI_PRESET_MINUTE,
	.job_audience = true, .jti = true, .need_iss = true, .need_iat = true,
	.anchors = { "repository_id", "repository_owner_id",
	    "enterprise_id" },
	.immutable = { "actor_id", "environment_node_id", "sha",
	    "workflow_sha", "job_workflow_sha", "run_id", "check_run_id" },
	.mutable = { "sub", "repository", "repository_owner", "enterprise",
	    "ref", "ref_type", "ref_protected", "environment", "workflow",
	    "workflow_ref", "job_workflow_ref", "actor", "head_ref",
	    "base_ref", "event_name", "runner_environment",
	    "repository_visibility", "run_number", "run_attempt" },
	.provenance = { "repository", "repository_id", "ref", "sha", "run_id",
	    "run_attempt", "actor", "actor_id", "event_name", "environment",
	    "job_workflow_ref", "runner_environment" },
	.audience = "the job, in its request for the token; "
	    "https://github.com/<owner> unless it says",
	.obtain = "permissions: id-token: write, then curl -sSf -H "
	    "\"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\" "
	    "\"$ACTIONS_ID_TOKEN_REQUEST_URL&audience=AUDIENCE\" "
	    "| jq -r .value",
	.kid = "a UUID, or SHA-1 in hex",
	.quirks = { "One issuer signs for every customer.",
	    "All values are strings, numbers and truth values too: \"74\", "
	    "\"true\".",
	    "sub is repo:OWNER/REPO:... or, for repositories made after July "
	    "2026, repo:OWNER@ID/REPO@ID:...; an organisation can choose "
	    "another form.",
	    "A pull request from a fork runs with the id of the repository "
	    "that it is for: match event_name, ref or environment too." },
	.start = { { "repository_id", "\"@FILL repository_id@\"" },
	    { "repository_owner_id", "\"@FILL repository_owner_id@\"" },
	    { "ref", "\"refs/heads/main\"" },
	    { "environment", "\"@FILL environment@\"" } },
};

const struct nhi_preset nhi_preset_gitlab = {
	.name = "gitlab", .title = "GitLab CI/CD",
	.url = "https://gitlab.com",
	.urls = { "https://<server:word>", "https://<server:word>/<path:word>" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	/* The job's time-out: 1 h, and at most 3 h on shared runners. */
	.max_lifetime = 3 * NHI_PRESET_HOUR,
	.jti = true, .need_iss = true, .need_iat = true,
	.anchors = { "project_id", "namespace_id", "job_project_id",
	    "job_namespace_id" },
	.immutable = { "user_id", "pipeline_id", "job_id", "runner_id", "sha",
	    "ci_config_sha" },
	.mutable = { "sub", "project_path", "namespace_path",
	    "job_project_path", "job_namespace_path", "user_login",
	    "user_email", "user_access_level", "pipeline_source", "ref",
	    "ref_type", "ref_path", "ref_protected", "environment",
	    "environment_protected", "deployment_tier", "environment_action",
	    "runner_environment", "project_visibility", "ci_config_ref_uri",
	    "groups_direct", "user_identities" },
	.integers = { "runner_id" },
	.lists = { "groups_direct", "user_identities" },
	.machine = { "project_id=<id:rest>", "job_project_id=<id:rest>",
	    "namespace_id=<id:rest>", "job_namespace_id=<id:rest>",
	    "project_path=<path:rest>", "namespace_path=<path:rest>",
	    "pipeline_id=<id:rest>", "job_id=<id:rest>",
	    "pipeline_source=<source:rest>", "ref_path=<path:rest>" },
	.provenance = { "project_path", "project_id", "ref_path", "sha",
	    "pipeline_id", "job_id", "user_login", "user_id",
	    "pipeline_source", "environment", "ci_config_ref_uri",
	    "runner_environment" },
	.audience = "the pipeline's definition, in id_tokens: NAME: aud:",
	.obtain = "id_tokens: NIT: aud: AUDIENCE in .gitlab-ci.yml, then "
	    "printf %s \"$NIT\"",
	.kid = "RFC 7638 thumbprint, 43 characters",
	.quirks = { "GitLab signs people in with the same issuer and keys; "
	    "their tokens have no project_id.",
	    "Ids are strings, but runner_id is a number.",
	    "ref is the bare branch, which may hold ':' and '/'; ref_path has "
	    "refs/heads/ in front.",
	    "In a merge request from a fork, project_id is the fork's." },
	.start = { { "project_id", "\"@FILL project_id@\"" },
	    { "namespace_id", "\"@FILL namespace_id@\"" },
	    { "ref_path", "\"refs/heads/main\"" },
	    { "ref_protected", "\"true\"" } },
};

const struct nhi_preset nhi_preset_forgejo = {
	.name = "forgejo", .title = "Forgejo Actions",
	.urls = { "https://<server:word>/api/actions",
	    "https://<server:word>/<path:word>/api/actions" },
	.algs = NHI_PRESET_RS | NHI_PRESET_ES | NHI_ALG_EDDSA,
	.algs_default = NHI_ALG_RS256 | NHI_ALG_ES256 | NHI_ALG_EDDSA,
	.max_lifetime = NHI_PRESET_HOUR,
	.job_audience = true, .need_iss = true, .need_iat = true,
	.anchors = { "repository_id", "repository_owner_id" },
	.immutable = { "actor_id", "sha", "run_id" },
	.mutable = { "sub", "repository", "repository_owner", "ref",
	    "ref_type", "ref_protected", "workflow", "workflow_ref", "actor",
	    "head_ref", "base_ref", "event_name", "run_number",
	    "run_attempt" },
	.provenance = { "repository", "repository_id", "ref", "sha", "run_id",
	    "run_attempt", "actor", "actor_id", "event_name",
	    "workflow_ref" },
	.audience = "the job, in its request for the token",
	.obtain = "enable-openid-connect: true in the workflow, then as for "
	    "github: ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN",
	.kid = "opaque",
	.quirks = { "Each instance is an issuer of its own: its URL and "
	    "/api/actions.",
	    "repository_id, repository_owner_id and actor_id are in tokens "
	    "of Forgejo 16 and later only.",
	    "sub is repo:OWNER/REPO:... or, for new repositories, "
	    "repo:OWNER-ID/REPO-ID:...",
	    "Known from its documentation alone: check algorithm, lifetime "
	    "and claims with nhictl token show." },
	.start = { { "repository_id", "\"@FILL repository_id@\"" },
	    { "repository_owner_id", "\"@FILL repository_owner_id@\"" },
	    { "ref", "\"refs/heads/main\"" } },
};

const struct nhi_preset nhi_preset_bitbucket = {
	.name = "bitbucket", .title = "Bitbucket Pipelines",
	.urls = { "https://api.bitbucket.org/2.0/workspaces/<workspace:word>"
	    "/pipelines-config/identity/oidc" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	.max_lifetime = NHI_PRESET_HOUR,
	.need_iss = true, .need_iat = true,
	.anchors = { "repositoryUuid", "workspaceUuid",
	    "deploymentEnvironmentUuid" },
	.immutable = { "stepUuid", "pipelineUuid", "pipelineRunUuid",
	    "commitSha" },
	.mutable = { "sub", "branchName" },
	.provenance = { "workspaceUuid", "repositoryUuid", "branchName",
	    "commitSha", "pipelineUuid", "stepUuid",
	    "deploymentEnvironmentUuid" },
	.audience = "the pipeline's definition, in oidc: audiences:; "
	    "ari:cloud:bitbucket::workspace/<uuid> unless it says",
	.obtain = "oidc: true in the step, then "
	    "printf %s \"$BITBUCKET_STEP_OIDC_TOKEN\"",
	.kid = "opaque",
	.quirks = { "Each workspace is an issuer of its own.",
	    "Every UUID stands in braces: \"{9d1e...}\".",
	    "sub is a new one for each step: match the claims.",
	    "There is no nbf and no jti." },
	.start = { { "repositoryUuid", "\"{@FILL repository_uuid@}\"" },
	    { "branchName", "\"main\"" } },
};
