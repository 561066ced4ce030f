# Types a line and Tab into a terminal of an interactive zsh, and prints what the terminal shows.
# Arguments: the folder with its .zshrc, the line.
zmodload zsh/zpty
zpty shell "ZDOTDIR=${(q)1} TERM=dumb zsh -d -i"
zpty -n -w shell "$2"$'\t'
while zpty -r shell text; do
	print -rn -- "$text"
	[[ $text == '|'*'|'* ]] && break
done
zpty -d shell
