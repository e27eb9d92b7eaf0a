# SPDX-License-Identifier: GPL-2.0
#
# memhog with 1024 pages of memory, stopped when it has touched them, so that
# others can look where they are.

hog_area=' anon=1024 '

touched() {
	grep -q "$hog_area" "/proc/$hog/numa_maps" 2>/dev/null
}

# hog_ready: $hog is a memhog; waits for it, and sees to its end.
hog_ready() {
	# shellcheck disable=SC2064 # of this hog
	trap "kill -KILL $hog" EXIT
	await "1024 pages of memhog" touched
	kill -STOP "$hog"
}

# hog COMMAND...: a command that becomes memhog; $hog is its process.
hog() {
	"$@" >/dev/null 2>&1 &
	hog=$!
	hog_ready
}

# hog_is POLICY PAGES: what numa_maps says of its memory.
hog_is() {
	same "policy and pages of memhog" "$1 $2" "$(pages $hog "$hog_area")"
}
