/** What watches must not undo what is watched: that an exporter throws is somebody else's fault, and the call goes on. */
export function quietly(tell: () => void): void {
  try {
    tell();
  } catch {
    // Nobody is left to tell.
  }
}
