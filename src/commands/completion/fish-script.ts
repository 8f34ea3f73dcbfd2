/** Completion for fish 3.1 and newer. */
export const fishScript = `# xgw completion for fish 3.1 or newer.
# Try it:   xgw get-completion fish | source
# Keep it:  xgw register-completion fish
function __xgw_complete
    set -l line (commandline -cp | string collect)
    set -l answer (XGW_COMPLETE_LINE=$line command xgw __complete fish 2>/dev/null)
    if string match -q 'files*' -- "$answer[1]"
        set -l before (string replace -r '^files\\t' '' -- $answer[1])
        set -l word (commandline -ct | string collect)
        set -l start (math (string length -- "$before") + 1)
        for file in (__fish_complete_path (string sub -s $start -- "$word"))
            printf '%s\\n' "$before$file"
        end
    else if test "$answer[1]" = words
        printf '%s\\n' $answer[2..-1]
    end
end
complete -c xgw -f -a '(__xgw_complete)'
`;
