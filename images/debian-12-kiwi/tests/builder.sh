#!/bin/bash
# KIWI leaves its description in the image's root while it builds; nothing of it may stay.
for left in /image /.kconfig /.profile /config.bootoptions; do
  ! [[ -e $left ]] || { echo "$left is left of the build"; exit 1; }
done
