#!/bin/bash
# Inside the image's root, after its packages are installed.
set -eu
cat >/etc/cloud/cloud.cfg.d/20-debian-cloud.cfg <<'CFG'
datasource_list: [ConfigDrive, OpenStack, NoCloud]
# As in Debian's own cloud images: the host's name resolves, or sudo waits for it.
manage_etc_hosts: true
# The one that is there without being generated.
locale: C.UTF-8
# The image comes without sources; they are written at the first boot.
apt: { preserve_sources_list: false }
CFG
# Keys only. cloud-init's own file comes before this one, so that user data may still say otherwise (ssh_pwauth).
install -d -m 0755 /etc/ssh/sshd_config.d
cat >/etc/ssh/sshd_config.d/60-debian-cloud.conf <<'CFG'
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
CFG
systemctl enable ssh.service
# Online file system checks are for LVM only; looking for it costs every boot seconds.
systemctl mask e2scrub_all.timer e2scrub_reap.service
# Where no udev names disks, grub-mkconfig finds no other name of the root than the build host's device.
install -d -m 0755 /etc/default/grub.d
echo "GRUB_DEVICE=LABEL=root" >/etc/default/grub.d/10-root-by-label.cfg
