/**
 * CRC-32 of zlib and PNG, reflected, eight bytes a step ("slicing by eight"): one table for each of them, the
 * first for the byte that comes last.
 */
const tables = Array.from({ length: 8 }, () => new Int32Array(256));
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as Tables;

type Table = Int32Array;
type Tables = [Table, Table, Table, Table, Table, Table, Table, Table];

for (let byte = 0; byte < 256; byte += 1) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1)
    remainder = remainder & 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
  t0[byte] = remainder;
}
for (const [index, table] of tables.slice(1).entries())
  for (let byte = 0; byte < 256; byte += 1) table[byte] = step(at(tables[index] as Table, byte));

/** The checksum of the first `length` bytes, as an unsigned number. */
export function crc32(bytes: DataView, length: number): number {
  let crc = -1;
  let index = 0;
  for (; index + 8 <= length; index += 8) {
    const low = crc ^ bytes.getInt32(index, true);
    const high = bytes.getInt32(index + 4, true);
    crc =
      at(t7, low) ^
      at(t6, low >>> 8) ^
      at(t5, low >>> 16) ^
      at(t4, low >>> 24) ^
      at(t3, high) ^
      at(t2, high >>> 8) ^
      at(t1, high >>> 16) ^
      at(t0, high >>> 24);
  }
  for (; index < length; index += 1) crc = step(crc ^ bytes.getUint8(index));
  return ~crc >>> 0;
}

/** One byte, the lowest, taken out of the remainder. */
function step(remainder: number): number {
  return at(t0, remainder) ^ (remainder >>> 8);
}

function at(table: Table, byte: number): number {
  return table[byte & 0xff] as number;
}
