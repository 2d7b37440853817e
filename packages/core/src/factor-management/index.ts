export { listFactors as list } from '../factor/list.ts';
export { createFactor as create } from './create.ts';
export { confirmFactorEnrolment as confirm } from './confirm.ts';
export { updateFactor as update } from './update.ts';
export { removeOwnFactor as remove } from './remove.ts';
export { prepareChange } from './prepare-change.ts';
