/**
 * Loaded into a gateway before its program: its clock goes XGW_FAULTS_SPEED times as fast as that of the machine, so that a bound
 * of half a minute is met in seconds. The gateway sees a machine on which everything else is as many times slower. Its wall clock
 * goes on from XGW_FAULTS_EPOCH in each process, so that a restart does not set it back.
 */
const speed = Number(process.env.XGW_FAULTS_SPEED ?? '1');
const epoch = Number(process.env.XGW_FAULTS_EPOCH ?? Date.now());
// What the gateway starts itself has the clock of the machine.
delete process.env.NODE_OPTIONS;

const { setTimeout: realTimeout, setInterval: realInterval, Date: RealDate } = globalThis;
globalThis.setTimeout = Object.assign((fire, ms = 0, ...rest) => realTimeout(fire, ms / speed, ...rest), realTimeout);
globalThis.setInterval = (fire, ms = 0, ...rest) => realInterval(fire, ms / speed, ...rest);

const realNow = performance.now.bind(performance);
performance.now = () => realNow() * speed;

const now = () => Math.round(epoch + (RealDate.now() - epoch) * speed);
globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now()] : given));
  }
  static now() {
    return now();
  }
};
