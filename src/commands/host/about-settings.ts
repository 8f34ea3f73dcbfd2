/** about_settings: the files that values of parameters come from. */
export const settingsText = (): string => `A file of parameters stands for what would be typed; what is typed wins:
  xgw new-xmppfederatedpartner -ParameterFile fabrikam.yaml
  xgw new-xmppfederatedpartner @fabrikam.yaml -WhatIf
(quote '@fabrikam.yaml' in PowerShell). The file is YAML or JSON, names in full:
  Identity: fabrikam.com
  PartnerType: Federated
  AdditionalDomains: [b2b.fabrikam.com, fabrikam.net]
  Description: null            # clears it, in a set- cmdlet

settings.yaml has defaults, as $PSDefaultParameterValues has in PowerShell:
  defaults:
    "*:OutputFormat": json
    "request-certificate:KeySize": 4096
    "set-*:Confirm": true
It is /etc/xgw/settings.yaml for everybody, $XDG_CONFIG_HOME/xgw/settings.yaml
(~/.config/xgw) for you; on Windows %ProgramData%\\xgw and %APPDATA%\\xgw.
Only you may be able to write it.

What counts, the first that says anything: the command line; the parameter
file; objects of the pipe; variables of the environment (about_environment);
your settings; those of the system; the built-in default. A cmdlet named in full
wins over a pattern. get-help -Full shows "(from settings.yaml)".`;
