#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh TOPOLOGY COMMAND: runs a demonstration in a guest; it is as wide as this
# terminal, if there is one, and of ASCII unless the locale is UTF-8.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
columns=
exec 3>&1
[ ! -t 3 ] || columns=$(stty size <&3 2>/dev/null | cut -d ' ' -f 2)
exec 3>&-
charset=$(locale charmap 2>/dev/null) || charset=
exec "$here/qemu-numa/qemu-numa" run --topo "$1" -- \
	env COLUMNS="${columns:-80}" CHARSET="$charset" "$2" </dev/null
