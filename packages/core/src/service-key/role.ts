/** What a key makes of who holds it: the kind of its actor. */
export const serviceKeyRoles = ['service', 'operator'] as const;
export type ServiceKeyRole = (typeof serviceKeyRoles)[number];
