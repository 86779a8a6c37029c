#!/bin/bash
# Inside the image's root, right before the disk is made: what each machine makes for itself, and what the build left.
set -eu
rm -f /etc/machine-id /var/lib/dbus/machine-id /var/lib/systemd/random-seed
: >/etc/machine-id
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /root/.bash_history
rm -rf /var/lib/cloud /var/log/cloud-init*.log /var/cache/dnf/* /var/cache/zypp/*
find /var/log -type f -exec truncate --size=0 {} +
# KIWI's notes to itself are made later; they are left out when the root is copied onto the disk.
printf 'exclude:\n  - config.partids\n  - config.bootoptions\n' >/image/exclude_files.yaml
