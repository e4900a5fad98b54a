/* SPDX-License-Identifier: BSD-2-Clause */
/* Presets of platforms that only build. */
#include "config.h"

#include "conf/preset_row.h"

#define CIRCLE	"oidc.circleci.com/"

const struct nhi_preset nhi_preset_circleci = {
	.name = "circleci", .title = "CircleCI",
	.urls = { "https://oidc.circleci.com/org/<organisation:uuid>",
	    "https://oidc.circleci.com" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	.max_lifetime = NHI_PRESET_HOUR,
	.job_audience = true, .need_iss = true, .need_iat = true,
	.anchors = { CIRCLE "project-id", CIRCLE "org-id",
	    CIRCLE "pipeline-definition-id" },
	.immutable = { CIRCLE "pipeline-id", CIRCLE "workflow-id",
	    CIRCLE "job-id" },
	.mutable = { "sub", CIRCLE "vcs-origin", CIRCLE "vcs-ref",
	    CIRCLE "ssh-rerun", CIRCLE "context-ids" },
	.booleans = { CIRCLE "ssh-rerun" },
	.lists = { CIRCLE "context-ids" },
	/* Of a job that is run again with SSH, a person is at the keyboard. */
	.machine = { CIRCLE "ssh-rerun=false" },
	.provenance = { CIRCLE "org-id", CIRCLE "project-id",
	    CIRCLE "vcs-origin", CIRCLE "vcs-ref", CIRCLE "pipeline-id",
	    CIRCLE "workflow-id", CIRCLE "job-id", CIRCLE "ssh-rerun" },
	.audience = "the job, by circleci run oidc get; the organisation's "
	    "UUID in the tokens of the environment",
	.obtain = "circleci run oidc get --claims '{\"aud\":\"AUDIENCE\"}'",
	.kid = "a UUID; one key",
	.quirks = { "Each organisation is an issuer of its own; with "
	    "--root-issuer it is https://oidc.circleci.com for all.",
	    "Names of claims hold '.' and '/': each is one name, no path.",
	    "A job that is run again with SSH has a person at the keyboard: "
	    "match oidc.circleci.com/ssh-rerun is false.",
	    "There is no nbf and no jti; vcs-origin and vcs-ref may be "
	    "missing." },
	.start = { { CIRCLE "project-id", "\"@FILL project_id@\"" },
	    { CIRCLE "org-id", "\"@FILL organisation@\"" },
	    { CIRCLE "vcs-ref", "\"refs/heads/main\"" },
	    { CIRCLE "ssh-rerun", "false" } },
};

const struct nhi_preset nhi_preset_buildkite = {
	.name = "buildkite", .title = "Buildkite",
	.url = "https://agent.buildkite.com",
	.urls = { "https://agent.buildkite.com" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	.max_lifetime = NHI_PRESET_HOUR,
	.job_audience = true, .jti = true, .need_iss = true, .need_iat = true,
	.anchors = { "organization_id", "pipeline_id", "cluster_id" },
	.immutable = { "job_id", "agent_id", "build_commit", "queue_id" },
	.mutable = { "sub", "organization_slug", "pipeline_slug",
	    "build_number", "build_branch", "build_tag", "build_source",
	    "step_key", "runner_environment" },
	.integers = { "build_number" },
	.provenance = { "organization_slug", "pipeline_slug", "pipeline_id",
	    "build_branch", "build_commit", "build_number", "build_source",
	    "step_key", "job_id", "agent_id", "runner_environment" },
	.audience = "the job, by --audience; https://buildkite.com/<slug> "
	    "unless it says",
	.obtain = "buildkite-agent oidc request-token --audience AUDIENCE "
	    "--lifetime 300",
	.kid = "opaque; one key",
	.quirks = { "One issuer signs for every organisation.",
	    "step_key is null for a step without a key, and null matches "
	    "nothing.",
	    "build_number is a number.",
	    "With --subject-claim, sub is a bare UUID." },
	.start = { { "organization_id", "\"@FILL organization_id@\"" },
	    { "pipeline_id", "\"@FILL pipeline_id@\"" },
	    { "build_branch", "\"main\"" } },
};

const struct nhi_preset nhi_preset_jenkins = {
	.name = "jenkins", .title = "Jenkins, OpenID Connect Provider plugin",
	.urls = { "https://<server:word>/oidc",
	    "https://<server:word>/oidc/job/<folder:rest>",
	    "https://<server:word>/<path:rest>/oidc",
	    "https://<server:word>/<path:rest>/oidc/job/<folder:rest>" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	.max_lifetime = NHI_PRESET_HOUR,
	.need_iss = true, .need_iat = true,
	/* The controller is the customer's own; jobs have no other name. */
	.anchors = { "sub" },
	.mutable = { "build_number" },
	.integers = { "build_number" },
	.provenance = { "sub", "build_number" },
	.audience = "who defines the credentials",
	.obtain = "withCredentials([string(credentialsId: 'ID', variable: "
	    "'NIT')]), then printf %s \"$NIT\"",
	.kid = "the id of the credentials, which may hold blanks",
	.quirks = { "Each controller is an issuer of its own, and so is each "
	    "folder that has credentials.",
	    "Modulus n of its keys begins with a zero octet, against RFC 7518 "
	    "6.3.1.1: accepted.",
	    "sub is the job's URL unless configured otherwise: whoever may "
	    "rename or move jobs can take it over.",
	    "build_number is a number; there is no nbf and no jti." },
	.start = { { "sub", "\"@FILL job_url@\"" } },
};

#define TF	"terraform_"

const struct nhi_preset nhi_preset_terraform = {
	.name = "terraform-cloud",
	.title = "HCP Terraform and Terraform Enterprise",
	.url = "https://app.terraform.io",
	.urls = { "https://<server:word>" },
	.algs = NHI_ALG_RS256, .algs_default = NHI_ALG_RS256,
	/* Until the phase's time-out: 24 h for an apply. */
	.max_lifetime = 25 * NHI_PRESET_HOUR,
	.jti = true, .need_iss = true, .need_iat = true,
	.anchors = { TF "workspace_id", TF "project_id",
	    TF "organization_id" },
	.immutable = { TF "run_id" },
	.mutable = { "sub", TF "organization_name", TF "project_name",
	    TF "workspace_name", TF "full_workspace", TF "run_phase" },
	.provenance = { TF "full_workspace", TF "organization_id",
	    TF "project_id", TF "workspace_id", TF "run_id",
	    TF "run_phase" },
	.audience = "a variable of the workspace: "
	    "TFC_WORKLOAD_IDENTITY_AUDIENCE[_TAG]",
	.obtain = "printf %s \"$TFC_WORKLOAD_IDENTITY_TOKEN\" (or "
	    "TFC_WORKLOAD_IDENTITY_TOKEN_TAG)",
	.kid = "opaque",
	.quirks = { "One issuer signs for every organisation of "
	    "app.terraform.io; an Enterprise server is an issuer of its own.",
	    "sub may hold blanks.",
	    "A plan runs what anybody proposes: match terraform_run_phase is "
	    "\"apply\"." },
	.start = { { TF "organization_id", "\"@FILL organization_id@\"" },
	    { TF "workspace_id", "\"@FILL workspace_id@\"" },
	    { TF "run_phase", "\"apply\"" } },
};
