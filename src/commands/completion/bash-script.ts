/** Completion for bash 4.4 and newer. */
export const bashScript = `# xgw completion for bash 4.4 or newer.
# Try it:   source <(xgw get-completion bash)
# Keep it:  xgw register-completion bash
_xgw() {
  local answer
  COMPREPLY=()
  mapfile -t answer < <(XGW_COMPLETE_LINE="\${COMP_LINE:0:COMP_POINT}" XGW_COMPLETE_BREAKS="$COMP_WORDBREAKS" command xgw __complete bash 2>/dev/null)
  case "\${answer[0]}" in
    files*) compopt -o default -o bashdefault ;;
    words) COMPREPLY=("\${answer[@]:1}") ;;
  esac
}
complete -F _xgw xgw
`;
