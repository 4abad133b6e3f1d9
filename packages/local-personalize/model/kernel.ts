import { KERNEL_BYTES } from "./kernel-bytes.ts";

/**
 * The inner loops of all work with matrices, in WebAssembly with SIMD. A server's core does 10 billion (doubles) to 25
 * billion (floats) multiply-adds a second with these loops, and 3 billion with loops in JavaScript.
 */

/**
 * If the size of a matrix is a multiple of this number, the matrix consists of whole tiles, both of doubles and of
 * floats.
 */
export const TILE = 8;

/** The place and shape of one row of tiles: positions in numbers, not in bytes. */
interface Operands<Numbers> {
    target: Numbers;
    /** The first number of the first tile in `target`. */
    at: number;
    /** Length of a row of `target`, in numbers. */
    stride: number;
    left: Numbers;
    leftAt: number;
    right: Numbers;
    /** Number of used columns of the packed operands, and number of columns that fit into them. */
    depth: number;
    capacity: number;
    /** Number of tiles in the row, side by side. */
    tiles: number;
    sign: 1 | -1;
}

/** Arrays in one WebAssembly memory, and the kernel that uses them. The memory is freed with its last array. */
export interface Workspace {
    doubles(length: number): Float64Array;
    floats(length: number): Float32Array;
    /**
     * Adds sign · left · rightᵀ to `target`. Both operands are packed: their rows are stored in the order in which the
     * kernel reads them (test/model/kernel-text.ts).
     */
    addDoubles(operands: Operands<Float64Array>): void;
    addFloats(operands: Operands<Float32Array>): void;
    /** Returns a function that sums rows of a matrix of `floats` (size × size, row by row). */
    rowSums(matrix: Float32Array, size: number): RowSums;
}

/**
 * Returns the sum of factor · row, for rows of a matrix. The result is valid until the next call. The sums have the
 * precision of floats.
 */
export type RowSums = (rows: readonly number[], factors: readonly number[]) => Float32Array;

/** Number of rows that one call of the kernel can add: a multiple of 8, because the kernel adds 8 rows at a time. */
const MOST_ROWS = 512;

/** Number of bytes that `rowSums` needs for a matrix of `size` × `size`, the matrix included. */
export const bytesOfRowSums = (size: number) => 4 * (size * size + size + 2 * MOST_ROWS) + 4 * ALIGNMENT;

/**
 * Creates memory for arrays of `bytes` in total, filled with 0. Throws a RangeError if an array does not fit, or if
 * there is not enough memory.
 */
export function createWorkspace(bytes: number): Workspace {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((bytes + 2 * ALIGNMENT) / 65_536) });
    const { addDoubles, addFloats, addScaledRows } = new WebAssembly.Instance(kernel, { js: { memory } })
        .exports as unknown as Kernel;
    let used = 0;
    const take = (length: number) => {
        const start = used;
        used += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
        return start;
    };
    const floats = (length: number) => new Float32Array(memory.buffer, take(4 * length), length);
    return {
        doubles: (length) => new Float64Array(memory.buffer, take(8 * length), length),
        floats,
        addDoubles: (operands) => call(addDoubles, operands),
        addFloats: (operands) => call(addFloats, operands),
        rowSums: (matrix, size) => {
            const sums = floats(size);
            const positions = new Int32Array(memory.buffer, take(4 * MOST_ROWS), MOST_ROWS);
            const scales = floats(MOST_ROWS);
            return (rows, factors) => {
                sums.fill(0);
                for (let from = 0; from < rows.length; from += MOST_ROWS) {
                    const part = rows.slice(from, from + MOST_ROWS);
                    for (const [at, row] of part.entries()) positions[at] = matrix.byteOffset + 4 * row * size;
                    scales.fill(0).set(factors.slice(from, from + MOST_ROWS));
                    addScaledRows(sums.byteOffset, 4 * size, positions.byteOffset, scales.byteOffset, part.length);
                }
                return sums;
            };
        },
    };
}

const ALIGNMENT = 16;
const kernel = new WebAssembly.Module(Buffer.from(KERNEL_BYTES, "base64"));

interface Kernel {
    readonly addDoubles: AddTiles;
    readonly addFloats: AddTiles;
    addScaledRows(sums: number, bytes: number, positions: number, factors: number, count: number): void;
}

type AddTiles = (
    target: number,
    stride: number,
    left: number,
    right: number,
    tiles: number,
    depth: number,
    panel: number,
    sign: number,
) => void;

function call(add: AddTiles, operands: Operands<Float64Array | Float32Array>): void {
    const { target, at, stride, left, leftAt, right, depth, capacity, tiles, sign } = operands;
    const bytes = target.BYTES_PER_ELEMENT;
    const [to, from] = [target.byteOffset + at * bytes, left.byteOffset + leftAt * bytes];
    add(to, stride * bytes, from, right.byteOffset, tiles, depth, capacity * 32, sign);
}
