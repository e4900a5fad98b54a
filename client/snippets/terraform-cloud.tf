# SPDX-License-Identifier: BSD-2-Clause
# HCP Terraform: the workspace has the environment variables
#	TFC_WORKLOAD_IDENTITY_AUDIENCE_NHI = ssh://web-1.example.com
#	NHI_KNOWN_HOSTS = the host's keys
# and runs on agents that have ssh and nhi-login.  Let the policy match
# terraform_run_phase = "apply": a plan must not log in.
resource "terraform_data" "restart" {
  triggers_replace = [timestamp()]

  provisioner "local-exec" {
    command = "nhi-login web-1.example.com web-deploy -- systemctl restart web"
  }
}
