# The start of an interactive zsh whose Tab key completes the line, prints the matches and the new line, and ends the shell.
fpath=($ZDOTDIR $fpath)
# The list of all completions is made once.
autoload -Uz compinit && compinit -C -u
# Completions add all their matches by this command. With -O, -A or -D it only filters an array.
compadd() {
	local -a matches
	if [[ ${argv[1,(i)(-|--)]} == *-[OAD]* ]]; then
		builtin compadd "$@"
		return
	fi
	builtin compadd -A matches "$@"
	print -rl -- "<${(@)^matches}>"
	builtin compadd "$@"
}
answer() {
	print
	zle complete-word
	print -r "|$BUFFER|"
	exit
}
zle -N answer
bindkey '^I' answer
