import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bug 24: the confirmation is a signed text without a used mark. Every word in it is compared, every time anew. */
export function signedConfirmation(secret: string) {
  const sign = (about: object) =>
    createHmac('sha256', secret).update(JSON.stringify(about)).digest('base64url');
  return {
    confirm: sign,
    async use(link: string, about: object): Promise<boolean> {
      await Promise.resolve();
      const [given, expected] = [Buffer.from(link), Buffer.from(sign(about))];
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
