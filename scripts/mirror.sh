#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mirror.sh: prints, as shell assignments, where this machine gets Debian from:
# mirror	the archive, or MIRROR if that is set
# security	the archive of security updates; beside MIRROR if that is set
# keyring	the file with the keys for both, as apt has it; empty if apt's own
#		serve
# proxy		what apt goes through, or nothing

set -eu

# "URI suite file:number" of all that apt is told of.
sources() {
	apt-get indextargets -o APT::Get::IndexTargets::ReleaseInfo=false --format \
		'$(REPO_URI) $(RELEASE) $(SOURCESENTRY)' 'Created-By: Packages' |
		sed 's,/ , ,'
}

# Others name suites after Debian's, but only Debian has updates of them.
debian() {
	awk '{ has[$1 " " $2]; line[NR] = $0 }
		END {
			for (i = 1; i <= NR; i++) {
				split(line[i], word)
				if (word[1] " " word[2] "-updates" in has)
					sure = sure ? sure : line[i]
				if (word[2] ~ /^(bookworm|trixie|forky|sid|unstable|testing|(old)*stable)$/)
					other = other ? other : line[i]
			}
			print sure ? sure : other
		}'
}

# The file with keys in an entry of apt's; an entry may also have a key itself.
keyring() {
	case $1 in
	*.sources:*) awk -v number="${1##*:}" -v RS= 'NR == number' "${1%:*}" |
		grep -v '^#' | tr '\n' ' ' ;;
	*:*) sed -n "${1##*:}p" "${1%:*}" ;;
	esac | sed -n 's,.*[Ss]igned-[Bb]y[:=] *\(/[^] ]*\).*,\1,p'
}

known=$(sources)
entry=$(echo "$known" | debian)
mirror=${entry%% *}
security=$(echo "$known" | awk '$2 ~ /-security$/ { print $1; exit }')
if [ -n "${MIRROR-}" ]; then
	mirror=${MIRROR%/}
	security=$mirror-security
fi
if [ -z "$mirror" ]; then
	echo "mirror: apt is told of no Debian archive; name one:" \
		"MIRROR=http://HOST/debian" >&2
	exit 1
fi
cat <<END
mirror='$mirror'
security='$security'
keyring='$(keyring "${entry##* }")'
END
apt-config shell proxy Acquire::http::Proxy | grep . || echo "proxy=''"
