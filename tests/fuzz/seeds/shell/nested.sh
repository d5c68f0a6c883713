cat <<A <<-"B"
$x `date`
A
	\$y
	B
: "a $(b "c ${d%%e*}" `f \`g\``)"
