"""HCL as Terraform, OpenTofu, Packer and Nomad write it: blocks by their address, and the addresses they refer to."""
