#!/bin/bash
# It is what it is called.
. /etc/os-release
[[ $VERSION_ID == 9* ]] || { echo "this is $PRETTY_NAME"; exit 1; }
