# LF becomes CRLF; a bare CR in the body becomes a space, nothing else changes.
. "$SRC/tests/scenario/lib.sh"
site_new
message cr 'a@b' | tr @ '\r' | sed 's/\r\(one\|lists\).example/@\1.example/g' | receive
is exit 0 $?
turn || fail run
is copies 3 "$(copies)"
is 'bare CR' 0 "$(sed 's/\r$//' "$out/001.eml" | tr -cd '\r' | wc -c)"
has "$out/001.eml" '^a b'
sink_stop
has sink.log 'bare_lf=0'
