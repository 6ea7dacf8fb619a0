# The spool's file system is full: 75, nothing half-written to be seen; later it works.
. "$SRC/tests/scenario/lib.sh"
[ "$(id -u)" = 0 ] || { echo 'needs root, for a small file system'; exit 77; }
site_new
mount -t tmpfs -o size=200k none "$site/data/spool" 2>mount.log || { cat mount.log; echo 'cannot mount a tmpfs here'; exit 77; }
trap 'umount "$site/data/spool"' EXIT
mkdir -p "$site/data/spool/tmp" "$site/data/spool/new" "$site/data/spool/stuck"
{ message big; head -c 400000 /dev/zero | tr '\0' x | fold -w 70; } | receive
is exit 75 $?
is 'left in new' 0 "$(spool_count)"
is 'left in tmp' 0 "$(find "$site/data/spool/tmp" -type f | wc -l)"
post small
turn || fail run
is copies 3 "$(copies)"
