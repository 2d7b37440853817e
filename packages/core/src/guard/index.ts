export { guardApplies as applies } from './applies.ts';
export {
  guardedCall as call,
  readGuarded as read,
  refuseGuarded as refusal,
  takeAuthorization as take,
} from './guard.ts';
