/**
 * The line patterns of banknotes. A rosette is drawn from a hash, so that two hashes which differ in a letter are two
 * pictures: an eye sees at once what it would have to spell out.
 */
export function rosette(hash: string): readonly string[] {
  const bytes = spread(hash);
  const widths = [0, 1, 2].map((ring) => 3 + ((bytes[18 + ring] ?? 0) % 5));
  const whole = widths.reduce((sum, width) => sum + width, 0);
  let edge = 49;
  return widths.map((width, ring) => {
    const [petals = 0, inner = 0, twist = 0, strands = 0] = bytes.slice(ring * 6);
    const around = 3 + (petals % 17);
    const across = 2 + (inner % 9);
    const reach = (22 * width) / whole;
    const middle = edge - reach;
    edge -= reach * 1.8;
    return strandsOf(4 + (strands % 5), (turn) =>
      closed((angle) => {
        const wave = 0.72 * Math.sin(around * angle + turn) + 0.28 * Math.sin(across * angle - turn + twist);
        const distance = middle + reach * wave;
        return [50 + distance * Math.cos(angle), 50 + distance * Math.sin(angle)];
      }),
    );
  });
}

/** Woven lines across a panel of 800 × 320, one path each. */
export function weave(): readonly string[] {
  return Array.from({ length: 26 }, (_, line) => {
    const shift = line / 4.1;
    const points = Array.from({ length: 101 }, (__, step) => {
      const x = step * 8;
      const envelope = 118 * Math.sin((Math.PI * (x + 90)) / 980) ** 2;
      const y = 160 + envelope * Math.sin(x / 118 + shift) * Math.cos(x / 410 - shift / 2.3);
      return `${x} ${y.toFixed(1)}`;
    });
    return `M${points.join('L')}`;
  });
}

type Point = readonly [number, number];

function strandsOf(count: number, draw: (turn: number) => string): string {
  return Array.from({ length: count }, (_, one) => draw((2 * Math.PI * one) / count)).join('');
}

function closed(at: (angle: number) => Point): string {
  const steps = 300;
  const points = Array.from({ length: steps }, (_, step) =>
    at((2 * Math.PI * step) / steps)
      .map((value) => value.toFixed(1))
      .join(' '),
  );
  return `M${points.join('L')}Z`;
}

/** Every letter moves every byte (FNV-1a, run on): hashes that begin alike still look different. */
function spread(text: string): readonly number[] {
  let state = 0x811c9dc5;
  const mix = (value: number): number => {
    state = Math.imul(state ^ value, 0x01000193) >>> 0;
    return state >>> 16;
  };
  for (const letter of text) mix(letter.charCodeAt(0));
  return Array.from({ length: 21 }, (_, place) => mix(place) & 0xff);
}
