/** One answer about the readiness for a cut-over, as test-migrationreadiness gives it. */

/** In the order in which the migration guide has them. */
export const migrationPhases = ['Users', 'Certificates', 'Gateway', 'Dns'] as const;
export type MigrationPhase = (typeof migrationPhases)[number];

export interface MigrationCheck {
  readonly area: MigrationPhase;
  /** `AllUsersMoved`, `AccessEdgeFqdn`, ...: stable. */
  readonly check: string;
  readonly result: 'Success' | 'Warning' | 'Failure';
  /** Partners could not be reached, or users would lose something, if one cut over now. */
  readonly isBlocking: boolean;
  readonly detail: string;
  readonly fix?: string | undefined;
}

/** Where Microsoft's guide to the last phase of a migration speaks of it. */
const guideSteps: Readonly<Record<MigrationPhase, string>> = {
  Users: 'Before you begin: move all users',
  Certificates: 'Configure XMPP gateway certificates, steps 1-17',
  Gateway: 'Configure a new XMPP federated partner',
  Dns: 'Update DNS records for XMPP',
};

export const success = (area: MigrationPhase, check: string, detail: string): MigrationCheck => ({
  area,
  check,
  result: 'Success',
  isBlocking: false,
  detail,
});

export const warning = (area: MigrationPhase, check: string, detail: string, fix?: string): MigrationCheck => ({
  area,
  check,
  result: 'Warning',
  isBlocking: false,
  detail,
  fix,
});

export const blocking = (area: MigrationPhase, check: string, detail: string, fix?: string): MigrationCheck => ({
  area,
  check,
  result: 'Failure',
  isBlocking: true,
  detail,
  fix,
});

/** The object that cmdlets emit. */
export const checkObject = ({ area, check, result, isBlocking, detail, fix }: MigrationCheck) => ({
  Step: migrationPhases.indexOf(area) + 1,
  Area: area,
  Check: check,
  Result: result,
  Blocking: isBlocking,
  Detail: detail,
  Fix: fix ?? null,
  SeedStep: guideSteps[area],
});
