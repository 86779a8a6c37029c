#!/bin/bash
# It is what it is called.
. /etc/os-release
[[ $ID == ubuntu && $VERSION_ID == 24.04 ]] || { echo "this is $PRETTY_NAME"; exit 1; }
