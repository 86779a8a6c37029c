#!/bin/bash
# Inside the image's root, right before the disk is made: what each machine makes for itself, and what the build left.
set -eu
rm -f /etc/machine-id /var/lib/dbus/machine-id /var/lib/systemd/random-seed
: >/etc/machine-id
# debootstrap took the build host's name
echo localhost >/etc/hostname
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
rm -f /etc/apt/sources.list /etc/apt/sources.list.d/* /root/.bash_history /root/.wget-hsts
rm -rf /var/lib/cloud /var/log/cloud-init*.log /var/lib/dhcp/* /var/lib/apt/lists/* /var/cache/apt/*.bin
apt-get clean
find /var/log -type f -exec truncate --size=0 {} +
# KIWI's notes to itself are made later; they are left out when the root is copied onto the disk.
printf 'exclude:\n  - config.partids\n  - config.bootoptions\n' >/image/exclude_files.yaml
