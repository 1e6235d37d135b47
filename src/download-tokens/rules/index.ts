export { ANYBODY, claim, type ClaimIds } from './claiming.js';
export { confirmed, endReason, UNCONFIRMED } from './confirming.js';
export { revoked, spent } from './ending.js';
export * from './limits.js';
export { isFinal, stateOf, sweepAt } from './link-state.js';
export { newLink } from './new-link.js';
export { startPostponed, verified } from './verifying.js';
export { delivered, released, renew } from './verdicts.js';
