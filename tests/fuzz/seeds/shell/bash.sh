declare -A m=([a]=1 [b]="$((1 + 2))")
[[ $a =~ ^[0-9]+$ && -f b ]] || { echo "${a[@]}" "${a//x/y}" <(ls) $'\n'; }
while read -r line; do :; done <<< "$x"
select y in {1..3}; do break; done
