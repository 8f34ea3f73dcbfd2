/** Who last changed one object of the configuration, so that a conflict can name them. The store writes it, nobody else. */
export interface ObjectStamp {
  /** The revision that made or changed the object. */
  readonly revision: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly user: string;
  readonly host: string;
  /** The cmdlet, in PascalCase. */
  readonly cmdlet: string;
}
