${x@${y:-$((( `'"<<E
[[ ( case a in ( f() {
