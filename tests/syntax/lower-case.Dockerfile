from scratch as x
run a
copy a b
onbuild run a
cMd a
