/** get-help about_managementshell: the language of the management shell, and what it does not have. */
export const managementShellText = (): string => `xgw shell            the management shell; exit or Ctrl-D ends it
xgw invoke-script    a file, .xgw or .ps1; - is standard input
xgw invoke-pipeline  one line, from any shell

All of them run cmdlets in one process. Pipes carry objects; values have types,
so that $false is false and a list is a list.

  $all = get-xmppfederatedpartner
  foreach ($p in $all) {
    if ($p.ConnectionLimit -gt 10) { set-xmppfederatedpartner $p.Identity
      -ConnectionLimit 10 }
  }

Pipelines   a | b    a; b    a && b (when a succeeded)    a || b (when not)
Values      'as it is'  "with $x and $($x.Y)"  5  1.5  $true $false $null
            a,b  @(a list)  @{Add="x"; Remove="y"}  and @h gives parameters
Access      $x.Property  $x.Count  $x[0]  $x[-1]  $h["key"]
Operators   -eq -ne -gt -lt -ge -le -like -notlike -match -notmatch
            -in -notin -contains -notcontains -and -or -not !  + -
Statements  $x = ...   $x += ...   if elseif else   foreach ($x in ...)
            try catch finally   exit 3
Variables   $_  $?  $LASTEXITCODE  $Error  $ErrorActionPreference
Comments    # to the end of the line   <# over several #>
Long lines  end in |, && or a comma, in an open brace, or in a backtick

Text compares without regard to case. A list on the left of an operator is
filtered. -match knows . [ ] ( ) | * + ? { } ^ $ \\d \\w \\s \\b, and takes time
in proportion to the text.

Not in it: functions, classes, .NET, casts, drives such as $env:, redirection
(write | out-file), jobs, other programs. A script that has them is refused with
line and column, before anything is run; so is a cmdlet or a parameter that does
not exist.

A cmdlet that fails does not end a script; its exit code is then 11, or that of
the failure when nothing succeeded. -ErrorAction Stop, for a cmdlet or for
invoke-script, ends it there. Inside of try every failure goes to the catch, as
$_ with $_.Id, $_.Message and $_.Fix.

Filters stand between processes, too:
  xgw get-xmppfederatedpartner | xgw where-object PartnerType -eq Federated

The history is state/shell-history in the store's folder. Lines with a word for
a secret are not kept. start-transcript writes what is typed and shown into a
file, until stop-transcript.`;
