#!/bin/bash
# Inside the image's root, after its packages are installed.
set -eu
cat >/etc/cloud/cloud.cfg.d/20-factory.cfg <<'CFG'
datasource_list: [ConfigDrive, OpenStack, NoCloud]
# The host's name resolves, or sudo waits for it.
manage_etc_hosts: true
CFG
# Keys only. cloud-init's own file comes before this one, so that user data may still say otherwise (ssh_pwauth).
install -d -m 0755 /etc/ssh/sshd_config.d
cat >/etc/ssh/sshd_config.d/60-factory.conf <<'CFG'
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
CFG
systemctl enable sshd.service chronyd.service cloud-init-local.service cloud-init.service cloud-config.service cloud-final.service
