# SPDX-License-Identifier: GPL-2.0
#
# numastat: its tables are right.

# table_row NAME: the numbers of a row, without their total
table_row() {
	echo "$said" | awk -v name="$1" '$1 == name { print $2, $3, $4, $5 }'
}

# In MB, of pages of 4 kB as numa_maps counts them; every row is rounded.
numastat_of_process() {
	hog memhog -H -r1000000 4m interleave 1,3
	must numastat -p $hog
	near "MB of memhog" 0.05 "$(pages $hog . |
		awk '{ for (i = 4; i; i--) printf "%.2f ", $(NF - i + 1) / 256 }')" \
		"$(table_row Total)"
	has numastat '.*PID [0-9]* (memhog)' "$said"
}

numastat_moves_with_process() {
	hog memhog -H -r1000000 4m membind 1
	must migratepages $hog 0-3 2
	must numastat -p $hog
	near "MB of memhog" 0.03 "0 0 $(pages $hog . |
		awk '{ printf "%.2f", $(NF - 1) / 256 }') 0" "$(table_row Total)"
}

numastat_of_machine() {
	must numastat -m
	near "MemTotal in MB" 0.01 "$(each total |
		awk '{ for (i = 1; i <= 4; i++) printf "%.2f ", $i / 1024 }')" \
		"$(table_row MemTotal)"
}

numastat_shmem() {
	numastat -m 2>/dev/null | awk '$1 == "Shmem" { print $'$(($1 + 2))' }'
}

# 8 MB in a file on node 3 are seen there.
numastat_of_machine_grows() {
	trap 'rm -f /dev/shm/numastat' EXIT
	grows "Shmem in MB" 0.02 '0 0 0 8' numastat_shmem \
		numactl --membind=3 dd if=/dev/zero of=/dev/shm/numastat bs=1M count=8
}

numastat_hit() {
	numastat | awk '$1 == "interleave_hit" { print $'$(($1 + 2))' }'
}

# Not much else is interleaved meanwhile: what numactl and memhog start with.
numastat_counts_interleaved_pages() {
	before=$(each numastat_hit)
	must numactl --interleave=1,3 memhog -H 4m
	near "pages" 100 '0 512 0 512' \
		"$(difference "$before" "$(each numastat_hit)")"
}

add numastat_of_process numastat_moves_with_process numastat_of_machine \
	numastat_of_machine_grows numastat_counts_interleaved_pages
