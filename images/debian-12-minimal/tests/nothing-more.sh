#!/bin/bash
# What the other image has beyond this one must not creep in, by a dependency say.
for tool in curl nano; do
  ! command -v "$tool" || { echo "$tool is installed"; exit 1; }
done
