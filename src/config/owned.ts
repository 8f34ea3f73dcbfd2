/** Which declarative file an object belongs to: only that file changes it silently, and may remove it. */
export interface Owned {
  /** The `metadata.owner` of the file; absent: made by hand. */
  readonly owner?: string;
  /** The settings that the file said when it was last applied, by name: one that it says no longer goes back to its default. */
  readonly declared?: readonly string[];
}
