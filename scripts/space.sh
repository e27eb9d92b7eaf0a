#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# space.sh DIRECTORY MEGABYTES WHAT: fails, and says how much is missing where,
# if there is no room for that in a directory, which need not exist yet.

set -eu

directory=$1
needed=$2
what=$3

there=$directory
while [ ! -d "$there" ]; do
	there=$(dirname "$there")
done
free=$(df -Pm "$there" | awk 'NR == 2 { print $4 }')
[ "$free" -lt "$needed" ] || exit 0
echo "space: $what takes $needed MB in $directory, where $free MB are free" >&2
exit 1
