/** Properties draw new inputs on every run at a desk, and the same ones in CI: a red CI is then the change's own fault. */
import { configureGlobal } from 'fast-check';

if (process.env['CI'] === 'true') configureGlobal({ seed: 20_261_122 });
