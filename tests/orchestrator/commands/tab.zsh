# What zsh offers on Tab, in an interactive shell on a terminal of its own.
# usage: zsh tab.zsh SCRIPT LINE
zmodload zsh/zpty || exit 1
zpty shell zsh -f -i
zpty -w shell "PS1= PROMPT= RPROMPT=; stty -echo; autoload -U compinit; compinit -u -D; source $1"
# compadd is the builtin that takes the candidates: told, not inserted. -O, -A and -D only ask.
zpty -w shell 'compadd () {
  [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
  local one; local -a found
  builtin compadd -A found "$@"
  for one in "${found[@]}"; do print -r -- "<offer>$one</offer>"; done
}'
zpty -w shell 'tell () { _main_complete; print -r -- "<end>"; exit }'
zpty -w shell 'zle -C tell list-choices tell; bindkey "^T" tell; print "<rea""dy>"'
while zpty -r shell line; do [[ $line == *'<ready>'* ]] && break; done
zpty -n -w shell "$2"$'\C-t'
while zpty -r shell line; do
  while [[ $line == *'<offer>'* ]]; do
    line=${line#*'<offer>'}
    print -r -- "${line%%'</offer>'*}"
    line=${line#*'</offer>'}
  done
  [[ $line == *'<end>'* ]] && break
done
zpty -d shell
