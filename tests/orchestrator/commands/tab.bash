# What bash offers on Tab. usage: bash tab.bash SCRIPT LINE
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"${2//=/ = }"  # as readline splits it
[[ $2 != *' ' ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_radsweep
printf '%s\n' "${COMPREPLY[@]}"
