import { assembleKernel } from "./kernel-text.ts";

/**
 * The inner loop of all matrix work. In WebAssembly with SIMD it does 10 (doubles) to 25 (floats) thousand million
 * multiply-adds a second on a server's core. JavaScript does 3.
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
    /** Adds sign · left · rightᵀ to `target`. The operands are packed (kernel-text.ts). */
    addDoubles(operands: Operands<Float64Array>): void;
    addFloats(operands: Operands<Float32Array>): void;
}

/**
 * Creates memory for arrays of `bytes` in total, filled with 0. Throws a RangeError if an array does not fit, or if
 * there is not enough memory.
 */
export function createWorkspace(bytes: number): Workspace {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((bytes + 2 * ALIGNMENT) / 65_536) });
    const { exports } = new WebAssembly.Instance(kernel, { js: { memory } });
    const { addDoubles, addFloats } = exports as Record<"addDoubles" | "addFloats", Kernel>;
    let used = 0;
    const take = (length: number) => {
        const start = used;
        used += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
        return start;
    };
    return {
        doubles: (length) => new Float64Array(memory.buffer, take(8 * length), length),
        floats: (length) => new Float32Array(memory.buffer, take(4 * length), length),
        addDoubles: (operands) => call(addDoubles, operands),
        addFloats: (operands) => call(addFloats, operands),
    };
}

const ALIGNMENT = 16;
const kernel = new WebAssembly.Module(await assembleKernel());

type Kernel = (
    target: number,
    stride: number,
    left: number,
    right: number,
    tiles: number,
    depth: number,
    panel: number,
    sign: number,
) => void;

function call(add: Kernel, operands: Operands<Float64Array | Float32Array>): void {
    const { target, at, stride, left, leftAt, right, depth, capacity, tiles, sign } = operands;
    const bytes = target.BYTES_PER_ELEMENT;
    add(
        target.byteOffset + at * bytes,
        stride * bytes,
        left.byteOffset + leftAt * bytes,
        right.byteOffset,
        tiles,
        depth,
        capacity * 32,
        sign,
    );
}
