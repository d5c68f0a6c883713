#!/bin/sh
echo "Hello, ${WHO:-world}!"
for word in "$@"; do echo "$word"; done
