/** Bug 11: wrong guesses are counted by what the client has written, and one mailbox has many spellings. */
export function countedAsWritten(max: number) {
  const wrong = new Map<string, number>();
  return (address: string): boolean => {
    const count = wrong.get(address) ?? 0;
    if (count >= max) return false;
    wrong.set(address, count + 1);
    return true;
  };
}
