/** Completion for zsh 5 and newer: a file of fpath, and a script that can be sourced. */
export const zshScript = `#compdef xgw
# xgw completion for zsh 5 or newer.
# Try it:   source <(xgw get-completion zsh)
# Keep it:  xgw register-completion zsh
_xgw() {
  local -a answer texts shown
  local line
  answer=("\${(@f)$(XGW_COMPLETE_LINE="$PREBUFFER$LBUFFER" command xgw __complete zsh 2>/dev/null)}")
  if [[ "\${answer[1]}" == files* ]]; then
    line="\${answer[1]#*$'\\t'}"
    [[ -n "$line" ]] && compset -p \${#line}
    _files
    return
  fi
  for line in "\${(@)answer[2,-1]}"; do
    texts+=("\${line%%$'\\t'*}")
    [[ "$line" == *$'\\t'* ]] && shown+=("\${line%%$'\\t'*}  -- \${line#*$'\\t'}") || shown+=("$line")
  done
  (( \${#texts} )) && compadd -U -l -d shown -a texts
}
if [[ "\${funcstack[1]}" == _xgw ]]; then
  _xgw "$@"
elif (( $+functions[compdef] )); then
  compdef _xgw xgw
fi
`;
