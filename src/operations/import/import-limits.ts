/** Where an import stops: files come from elsewhere. */

/** Bytes of a file. Ten thousand users with all that Get-CsUser says of them take some 60 MB in UTF-16. Source: own choice. */
export const maxImportBytes = 128 * 1024 * 1024;
/** Objects of a file. Source: own choice, ten times the partners that a store may have. */
export const maxImportedObjects = 100_000;
/** Refused objects, or rows of one warning, that a message names; -WhatIf names this many too. Source: own choice. */
export const maxNamedObjects = 50;
