#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# series.sh make [--record] | check | objects | bisect: make the series of
# patches, or check every patch of it.
# series.sh configs [ROW...]: build the tree under other configurations.
# series.sh rebase [VERSION]: try the series on what Debian's archive offers.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
variables=$("$here/paths.sh")
eval "$variables"
base=$("$here/base.sh")
scratch=$work/series
mkdir -p "$scratch"
exec 9>"$scratch/lock"
flock 9

check() {
	"$here/series/steps.py" --top "$top" --base "$base" --cache "$cache" \
		--work "$scratch" --fragment "$top/Kconfig.fragment" \
		--gen-init-cpio "$guest/gen_init_cpio" "$@"
}

case ${1-} in
make)
	shift
	"$here/series/series.py" --top "$top" --base "$base" \
		--repo "$scratch/made" --out "$top/build/series" "$@"
	;;
check) check ;;
objects) check --objects ;;
bisect) check --boot ;;
configs)
	shift
	"$here/series/configs.py" --src "$src" --cache "$cache" \
		--work "$work/configs" --fragment "$top/Kconfig.fragment" "$@"
	;;
rebase)
	shift
	"$here/series/rebase.py" --top "$top" --base "$base" --cache "$cache" \
		--repo "$scratch/rebase" --out "$top/build/rebase" "$@"
	;;
*)
	echo "usage: series.sh make [--record] | check | objects | bisect |" \
		"configs [ROW...] | rebase [VERSION]" >&2
	exit 2
	;;
esac
