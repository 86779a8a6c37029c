#!/bin/bash
# The tools of a small server are there and start.
for tool in curl less nano rsync; do "$tool" --version | head -n 1; done
