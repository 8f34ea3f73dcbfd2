/** Completion for PowerShell 5.1 and newer, on every system. Where files are wanted it answers nothing: then PowerShell lists files. */
export const powershellScript = `# xgw completion for PowerShell 5.1 or newer.
# Try it:   xgw get-completion pwsh | Out-String | Invoke-Expression
# Keep it:  xgw register-completion pwsh
Register-ArgumentCompleter -Native -CommandName 'xgw', 'xgw.cmd', 'xgw.ps1' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.Extent.Text
    $length = $cursorPosition - $commandAst.Extent.StartOffset
    if ($length -gt $line.Length) { $line = $line.PadRight($length) } else { $line = $line.Substring(0, $length) }
    $env:XGW_COMPLETE_LINE = $line
    try { $answer = @(xgw __complete pwsh 2>$null) } finally { Remove-Item Env:XGW_COMPLETE_LINE }
    if ($answer.Count -lt 2 -or $answer[0] -ne 'words') { return }
    foreach ($candidate in $answer[1..($answer.Count - 1)]) {
        $text, $about = $candidate -split "\`t", 2
        if (-not $about) { $about = $text }
        [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $about)
    }
}
`;
