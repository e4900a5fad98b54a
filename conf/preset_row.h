/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of the table of presets, which stand in a few files. */
#ifndef NHI_CONF_PRESET_ROW_H
#define NHI_CONF_PRESET_ROW_H

#include "conf/preset.h"

#define NHI_PRESET_MINUTE	60
#define NHI_PRESET_HOUR		(60 * NHI_PRESET_MINUTE)

#define NHI_PRESET_ES	(NHI_ALG_ES256 | NHI_ALG_ES384 | NHI_ALG_ES512)
#define NHI_PRESET_RS	(NHI_ALG_RS256 | NHI_ALG_RS384 | NHI_ALG_RS512)
#define NHI_PRESET_PS	(NHI_ALG_PS256 | NHI_ALG_PS384 | NHI_ALG_PS512)

/* preset_forge.c: where the code is, and its pipelines. */
extern const struct nhi_preset nhi_preset_github;
extern const struct nhi_preset nhi_preset_gitlab;
extern const struct nhi_preset nhi_preset_forgejo;
extern const struct nhi_preset nhi_preset_bitbucket;

/* preset_ci.c: what builds only. */
extern const struct nhi_preset nhi_preset_circleci;
extern const struct nhi_preset nhi_preset_buildkite;
extern const struct nhi_preset nhi_preset_jenkins;
extern const struct nhi_preset nhi_preset_terraform;

/* preset_cloud.c */
extern const struct nhi_preset nhi_preset_gcp;
extern const struct nhi_preset nhi_preset_azure;
extern const struct nhi_preset nhi_preset_aws;

/* preset_own.c: what runs in one's own cluster or nowhere in particular. */
extern const struct nhi_preset nhi_preset_kubernetes;
extern const struct nhi_preset nhi_preset_spiffe;
extern const struct nhi_preset nhi_preset_vault;
extern const struct nhi_preset nhi_preset_custom;

#endif
