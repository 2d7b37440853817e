/** Places that holders take and give back, so many each; counted in this process. */
export interface Places {
  /** Takes a place and returns what gives it back, or null when all places of this holder are taken. */
  take(holder: string | object): (() => void) | null;
}

export function createPlaces(perHolderMax: number): Places {
  const taken = new Map<string | object, number>();
  return {
    take(holder) {
      const before = taken.get(holder) ?? 0;
      if (before >= perHolderMax) return null;
      taken.set(holder, before + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        const left = (taken.get(holder) ?? 1) - 1;
        if (left === 0) taken.delete(holder);
        else taken.set(holder, left);
      };
    },
  };
}
