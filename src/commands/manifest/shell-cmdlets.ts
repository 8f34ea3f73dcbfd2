/** A part of the manifest: the shell, filters and help, in the order of the help. */
import convertFromJson from '../convertfrom-json.ts';
import convertToJson from '../convertto-json.ts';
import enterManagementShell from '../enter-management-shell.ts';
import exportClixml from '../export-clixml.ts';
import exportCsv from '../export-csv.ts';
import forEachObject from '../foreach-object.ts';
import formatList from '../format-list.ts';
import formatTable from '../format-table.ts';
import getCommand from '../get-command.ts';
import getCompletion from '../get-completion.ts';
import getError from '../get-error.ts';
import getHelp from '../get-help.ts';
import getVersion from '../get-version.ts';
import groupObject from '../group-object.ts';
import type { Cmdlet } from '../host/cmdlet.ts';
import importClixml from '../import-clixml.ts';
import importCsv from '../import-csv.ts';
import invokePipeline from '../invoke-pipeline.ts';
import invokeScript from '../invoke-script.ts';
import measureObject from '../measure-object.ts';
import outFile from '../out-file.ts';
import outNull from '../out-null.ts';
import registerCompletion from '../register-completion.ts';
import selectObject from '../select-object.ts';
import sortObject from '../sort-object.ts';
import startTranscript from '../start-transcript.ts';
import stopTranscript from '../stop-transcript.ts';
import teeObject from '../tee-object.ts';
import whereObject from '../where-object.ts';

export const shell: readonly Cmdlet[] = [
  // Shell and scripts
  enterManagementShell,
  invokePipeline,
  invokeScript,
  // Filters
  whereObject,
  selectObject,
  sortObject,
  groupObject,
  measureObject,
  forEachObject,
  formatTable,
  formatList,
  convertToJson,
  convertFromJson,
  exportCsv,
  importClixml,
  exportClixml,
  importCsv,
  outFile,
  teeObject,
  outNull,
  startTranscript,
  stopTranscript,
  // Help
  getCommand,
  getHelp,
  getError,
  getVersion,
  getCompletion,
  registerCompletion,
];
